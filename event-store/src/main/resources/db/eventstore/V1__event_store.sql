-- The event store: append only. Positions are gapless and in commit order (see PostgresEventStorageEngine).
create schema if not exists eventstore;

create table eventstore.event (
  position   bigint      not null,
  sequence   bigint      not null,
  at         timestamptz not null,
  stream     text        not null,
  type       text        not null,
  revision   text,
  event_id   text        not null,
  payload    text        not null,
  metadata   text        not null,
  primary key (position),
  unique (stream, sequence)
);

-- JSON of events is read as a whole; compressing it costs more CPU than it saves I/O at these sizes.
alter table eventstore.event alter column payload set storage external;

create table eventstore.snapshot (
  stream     text        not null primary key,
  sequence   bigint      not null,
  at         timestamptz not null,
  type       text        not null,
  revision   text,
  event_id   text        not null,
  payload    text        not null,
  metadata   text        not null
);

-- How far each event handler has got, and which node runs it until when.
create table eventstore.processor (
  name          text        not null primary key,
  position      bigint      not null default 0,
  owner         text,
  claimed_until timestamptz
);

-- Secrets and settings that must never change once orders exist, such as the key that order identifiers derive from.
create table eventstore.setting (
  name  text not null primary key,
  value text not null
);
