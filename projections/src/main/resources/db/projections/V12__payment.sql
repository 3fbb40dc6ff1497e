-- Payments as their owner and operators see them, written by the handler payment.payments.
-- What only a request tells is null when a payment was closed before it was requested.
-- The means of payment's token is not kept here.
create schema if not exists payment;

create table payment.payment_view (
  payment_id   text        not null primary key,
  order_id     text        not null,
  customer_id  text,
  status       text        not null,
  requested    boolean     not null,
  currency     text,
  amount       bigint,               -- minor units, like the next two
  captured     bigint      not null,
  refunded     bigint      not null,
  method       text,
  provider     text,
  charge_id    text,
  decline_code text,
  opened_at    timestamptz not null,
  changed_at   timestamptz not null,
  position     bigint      not null -- of the last event that changed the row
) with (fillfactor = 80);
