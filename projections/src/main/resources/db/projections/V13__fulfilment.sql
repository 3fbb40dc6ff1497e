-- Shipments as the warehouse sees them, written by the handler fulfilment.shipments.
create schema if not exists fulfilment;

create table fulfilment.shipment_view (
  shipment_id       text        not null primary key,
  order_id          text        not null,
  location          text        not null,
  status            text        not null,
  lines             text        not null, -- JSON: [{sku, quantity}]
  carrier           text,
  tracking_number   text,
  prepared_at       timestamptz not null,
  prepared_position bigint      not null unique,
  changed_at        timestamptz not null,
  position          bigint      not null -- of the last event that changed the row
) with (fillfactor = 80);

create index shipment_view_status
  on fulfilment.shipment_view (status, prepared_position desc);
