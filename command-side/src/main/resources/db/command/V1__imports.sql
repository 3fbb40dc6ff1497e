-- What the command side keeps beside the event store: work that was accepted and must survive a
-- restart. Nothing here is a source of truth; events are.
create schema if not exists command;

create table command.catalogue_import (
  import_id   text primary key,
  state       text        not null check (state in ('running', 'completed', 'failed')),
  -- File in the import directory of the node that accepted it.
  spool_file  text        not null,
  -- How to read the file, and on whose behalf, as JSON.
  options     text        not null,
  subject     text,
  read        bigint      not null default 0,
  accepted    bigint      not null default 0,
  rejected    bigint      not null default 0,
  -- The first rejections as a JSON array of {line, reason}.
  errors      text        not null default '[]',
  -- Why the import failed.
  failure     text,
  -- Position of the last event that the import recorded; 0 for none.
  position    bigint      not null default 0,
  created_at  timestamptz not null,
  updated_at  timestamptz not null
);

create index catalogue_import_running on command.catalogue_import (created_at)
  where state = 'running';
