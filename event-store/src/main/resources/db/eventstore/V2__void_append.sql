-- Appends that were given up: their connection was lost, and the store was asked whether they are committed before they were.
-- Such an append may still be on its way; it finds itself here and records nothing (see PostgresEventStorageEngine).
create table eventstore.void_append (
  event_id text        not null primary key,
  at       timestamptz not null default clock_timestamp()
);
