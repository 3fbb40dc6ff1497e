-- Orders as clients see them: one row an order, written by the handler ordering.orders.
-- Lists that are always read whole (lines, shipments, timeline) are JSON text in the row.
create schema if not exists ordering;

create table ordering.order_view (
  order_id          text        not null primary key,
  customer_id       text        not null,
  status            text        not null,
  reason            text,
  currency          text        not null,
  total             bigint      not null, -- minor units
  placed_at         timestamptz not null,
  placed_position   bigint      not null unique,
  line_count        integer     not null,
  lines             text        not null,
  shortages         text        not null,
  payment_id        text,
  payment_status    text,
  payment_requested boolean     not null,
  captured          bigint      not null, -- minor units
  refunded          bigint      not null, -- minor units
  expires_at        timestamptz,          -- while units are held
  shipments         text        not null,
  timeline          text        not null,
  position          bigint      not null  -- of the last event that changed the row
) with (fillfactor = 80);

-- A subject's orders and all orders, newest first, all or those of one status.
create index order_view_customer on ordering.order_view (customer_id, placed_position desc);
create index order_view_status on ordering.order_view (status, placed_position desc);
