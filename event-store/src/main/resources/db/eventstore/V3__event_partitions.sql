-- Events in partitions by position, so that old ones can be moved or detached; see docs/operations.md.
--
-- PostgreSQL cannot enforce the uniqueness of (stream, sequence) across partitions by position. A table of its own does, which is not
-- partitioned and leads from streams to positions. It is filled before its index is built, which is quicker.
create table eventstore.stream_event (
  stream   text   not null,
  sequence bigint not null,
  position bigint not null
);

lock table eventstore.event in access exclusive mode;
insert into eventstore.stream_event (stream, sequence, position) select stream, sequence, position from eventstore.event;
alter table eventstore.stream_event add primary key (stream, sequence);

alter table eventstore.event drop constraint event_stream_sequence_key;
alter table eventstore.event rename constraint event_pkey to event_first_pkey;
alter table eventstore.event rename to event_first;

create table eventstore.event (like eventstore.event_first including storage) partition by range (position);
alter table eventstore.event add primary key (position);

-- What there is becomes the first partition, without being written again. It ends where the next one of 10 million positions begins.
do $$
declare
  bound bigint := (select (max(position) / 10000000 + 1) * 10000000 from eventstore.event_first);
begin
  if bound is null then
    drop table eventstore.event_first;
  else
    execute format('alter table eventstore.event attach partition eventstore.event_first for values from (minvalue) to (%s)', bound);
  end if;
end $$;

-- Takes what no other partition takes, so that an append never fails for want of one. It should stay empty.
create table eventstore.event_default partition of eventstore.event default;
