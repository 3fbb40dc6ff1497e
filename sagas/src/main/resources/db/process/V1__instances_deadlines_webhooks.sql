-- The processes' own state: what is still to be done, and until when.

create schema if not exists process;

-- One row for each running instance of a process. It is deleted when the instance ends, and stays
-- when the instance is parked for an operator.
create table process.instance (
  process       text        not null,
  id            text        not null,
  state         text        not null, -- name of the step
  data          text        not null, -- the whole state as JSON
  attempt       integer     not null, -- failed attempts of the step's effect
  due_at        timestamptz,          -- when to look at it; null: when an event comes
  lease_owner   text,                 -- the node that runs it until due_at; null: nobody does
  version       bigint      not null, -- grows with every write
  parked_reason text,
  parked_at     timestamptz,
  last_error    text,
  history       text        not null, -- lines, oldest first, bounded
  created_at    timestamptz not null,
  updated_at    timestamptz not null,
  primary key (process, id)
) with (
  -- Room for the updates of a short life on the row's own page; vacuumed by count, not by share,
  -- since the table turns over completely all the time.
  fillfactor = 60,
  autovacuum_vacuum_scale_factor = 0.02,
  autovacuum_vacuum_threshold = 2000,
  autovacuum_analyze_scale_factor = 0.05,
  autovacuum_analyze_threshold = 2000
);

create index instance_due on process.instance (process, due_at)
  where parked_reason is null and due_at is not null;
create index instance_parked on process.instance (parked_at, process, id)
  where parked_reason is not null;

-- When the earliest open reservation of a SKU expires.
create table process.reservation_deadline (
  sku           text        primary key,
  due_at        timestamptz not null,
  claimed_until timestamptz,          -- a node asks the SKU until then
  version       bigint      not null  -- grows with every write
) with (fillfactor = 70);

create index reservation_deadline_due on process.reservation_deadline (due_at);

-- Webhooks of payment providers, so that a repeat has no effect and nothing that came is lost.
create table process.webhook_inbox (
  provider    text        not null,
  webhook_id  text        not null,
  received_at timestamptz not null,
  type        text        not null,
  payload     text        not null,
  outcome     text,                   -- null until its effect is recorded
  primary key (provider, webhook_id)
);

create index webhook_inbox_open on process.webhook_inbox (received_at)
  where outcome is null or outcome = 'unmatched';
