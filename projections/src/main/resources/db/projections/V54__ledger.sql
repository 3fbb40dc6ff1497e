-- The ledger, written by the handler ledger.postings.
create schema if not exists ledger;

-- One row a transfer, which is two lines: the same amount debited and credited. An event's
-- transfers are numbered from 0.
create table ledger.transfer (
  position bigint      not null, -- of the event that posts it
  number   integer     not null,
  order_id text        not null,
  event    text        not null, -- its name, such as PaymentCaptured
  at       timestamptz not null, -- when it was recorded
  debit    text        not null, -- accounts
  credit   text        not null check (credit <> debit),
  amount   bigint      not null check (amount > 0), -- minor units
  currency text        not null,
  primary key (position, number)
);

create index transfer_order on ledger.transfer (order_id);

-- What the account provider-clearing holds, of payments that have something in it: few, and for a
-- moment only.
create table ledger.open_clearing (
  order_id text        not null,
  currency text        not null,
  held     bigint      not null check (held <> 0), -- minor units
  since    timestamptz not null, -- when something was held first
  position bigint      not null, -- of the event that it stands as after
  primary key (order_id, currency)
);
