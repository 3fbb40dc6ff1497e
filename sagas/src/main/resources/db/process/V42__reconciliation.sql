-- Reconciliation with the payment provider.

-- One row a run. done_up_to is its progress: what was made before it was compared, and what was
-- found is in the other table. At most one is under way, and one node at a time has it.
create table process.reconciliation_run (
  run_id        text        primary key,
  started_by    text        not null, -- subject of an operator, or 'schedule'
  from_at       timestamptz not null,
  to_at         timestamptz not null,
  done_up_to    timestamptz not null,
  charges       bigint      not null default 0, -- compared so far
  payments      bigint      not null default 0,
  claimed_by    text,                 -- the node that has it until claimed_until
  claimed_until timestamptz,
  due_at        timestamptz,          -- not before this, after a failure
  attempt       integer     not null default 0, -- failures since the last progress
  last_error    text,
  created_at    timestamptz not null,
  ended_at      timestamptz
);

create unique index reconciliation_run_under_way on process.reconciliation_run ((true))
  where ended_at is null;
create index reconciliation_run_created on process.reconciliation_run (created_at, run_id);

-- One row for each reference under which something differs, or did.
create table process.difference (
  difference_id text        primary key,
  run_id        text        not null,
  reference     text        not null,
  kind          text        not null,
  state         text        not null
    check (state in ('suspected', 'open', 'parked', 'healed', 'abandoned')),
  giving_up     boolean     not null,
  charge        text,                 -- as JSON; null where there is none
  ours          text        not null, -- in words
  theirs        text        not null,
  deadline      timestamptz not null, -- until when it should be over
  attempt       integer     not null,
  due_at        timestamptz,          -- when to look at it; null while it waits for a person or is over
  parked_reason text,
  parked_at     timestamptz,
  last_error    text,
  history       text        not null, -- lines, oldest first, bounded
  found_at      timestamptz not null,
  version       bigint      not null  -- grows with every write
);

create index difference_due on process.difference (due_at) where due_at is not null;
create index difference_parked on process.difference (parked_at, difference_id)
  where parked_reason is not null;
create index difference_run on process.difference (run_id);
