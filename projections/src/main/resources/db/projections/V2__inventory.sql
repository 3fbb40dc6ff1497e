-- The inventory's read model: stock per SKU and location, policies and open reservations. Written
-- by the processor inventory.stock alone.

create schema inventory;

create table inventory.stock (
  sku                   text collate "C" primary key,
  sold                  bigint  not null,
  -- Null: the system's default.
  reservation_ttl_millis bigint,
  safety_stock          integer not null,
  oversell_allowance    integer not null,
  sourcing              text    not null,
  -- Position of the last event of this SKU's stock.
  position              bigint  not null
) with (fillfactor = 70);

create table inventory.stock_location (
  sku            text collate "C" not null,
  location       text collate "C" not null,
  on_hand        bigint not null,
  reserved       bigint not null,
  -- Position of the event that first named the location: the order of priority sourcing.
  since_position bigint not null,
  primary key (sku, location)
) with (fillfactor = 70);

-- Open reservations only: the row goes when the reservation ends.
create table inventory.reservation (
  reservation_id text collate "C" primary key,
  sku            text collate "C" not null,
  order_id       text not null,
  quantity       bigint not null,
  -- [{"location": …, "quantity": …}]
  allocations    jsonb not null,
  expires_at     timestamptz not null
);

create index reservation_by_expiry on inventory.reservation (sku, expires_at, reservation_id);
