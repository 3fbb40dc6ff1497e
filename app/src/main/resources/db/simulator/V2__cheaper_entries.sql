-- What every entry paid for and nothing used. An entry is written by the statement that writes its
-- charge, and no charge is ever deleted: the foreign key read and locked that row a second time.
alter table simulator.entry drop constraint entry_charge_id_fkey;

-- Nothing asks for the entries of one charge, and identifiers in no order touch a page each.
drop index simulator.entry_charge;

-- The name of an entry's webhooks; an entry that sends none needs no name.
alter table simulator.entry alter column event_id drop not null;
