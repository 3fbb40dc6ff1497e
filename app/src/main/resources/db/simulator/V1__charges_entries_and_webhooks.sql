-- The payment provider simulator's own books. Nothing outside the simulator reads or writes these
-- tables: a real provider's database is out of reach as well, so everyone else asks over HTTP.
-- Amounts are minor units of the charge's currency. Times are the simulator's clock, in UTC.

create schema if not exists simulator;

-- One row per charge: its present state. The checks are the last guard behind the statements.
create table simulator.charge (
  charge_id       text primary key default 'ch_' || replace(gen_random_uuid()::text, '-', ''),
  reference       text        not null,
  token           text        not null,
  status          text        not null
    check (status in ('pending', 'authorised', 'captured', 'declined', 'voided', 'refunded')),
  amount          bigint      not null check (amount > 0),
  amount_captured bigint      not null check (amount_captured between 0 and amount),
  amount_refunded bigint      not null default 0
    check (amount_refunded between 0 and amount_captured),
  -- What the latest step moved, for its entry: an update cannot return the state before it.
  step_amount     bigint      not null,
  currency        text        not null,
  capture_at_once boolean     not null,
  decline_code    text,
  -- What a pending charge becomes, and when; null when nobody will ever decide it.
  decision        text check (decision in ('authorised', 'declined')),
  decide_at       timestamptz,
  created_at      timestamptz not null
) with (fillfactor = 80); -- room for the one or two updates of a charge's life on its own page

create index charge_reference on simulator.charge (reference, created_at);
create index charge_undecided on simulator.charge (decide_at) where decide_at is not null;

-- Append-only: one row per step of a charge, with the state after it. The unique key is what makes
-- a repeated request one step, however many arrive at once; the state is the first answer, again.
create table simulator.entry (
  entry_no        bigint generated always as identity primary key,
  event_id        uuid        not null default gen_random_uuid(),
  charge_id       text        not null references simulator.charge,
  kind            text        not null
    check (kind in ('pending', 'authorised', 'captured', 'declined', 'voided', 'refunded')),
  amount          bigint      not null,
  status          text        not null,
  amount_captured bigint      not null,
  amount_refunded bigint      not null,
  at              timestamptz not null,
  idempotency_key text unique,
  fingerprint     text,
  check ((idempotency_key is null) = (fingerprint is null))
);

create index entry_charge on simulator.entry (charge_id, entry_no);

-- Webhooks to be sent: an outbox written in the statement that writes the entry. Two rows for one
-- entry are a duplicate on purpose. due_at is the next try; while a try runs it is the end of its
-- lease, so that a sender which died loses nothing.
create table simulator.delivery (
  delivery_id bigint generated always as identity primary key,
  entry_no    bigint      not null references simulator.entry,
  state       text        not null default 'waiting'
    check (state in ('waiting', 'delivered', 'abandoned')),
  due_at      timestamptz not null,
  attempts    integer     not null default 0,
  last_result text
);

create index delivery_waiting on simulator.delivery (due_at) where state = 'waiting';

-- How often tok_flaky has failed for a reference; in the database so that a restart does not make
-- it fail again.
create table simulator.flake (
  reference text primary key,
  failures  integer not null
);

create table simulator.setting (
  name  text primary key,
  value text not null
);
