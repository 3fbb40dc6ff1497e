-- SHA-256 of the file as it came, so that a file that is sent again while it is being imported is recognised.
alter table command.catalogue_import add column digest text;

-- From now on the counts say where to go on: everything up to the record "read" is done. Until now they did not.
update command.catalogue_import set read = 0, accepted = 0, rejected = 0, errors = '[]'
where state = 'running';
