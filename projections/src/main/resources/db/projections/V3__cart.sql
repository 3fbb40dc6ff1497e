-- The carts' read model. Written by the processor cart.carts alone.

create schema cart;

create table cart.cart (
  cart_id        text collate "C" primary key,
  customer_id    text not null,
  -- The order that has the cart; null while it is open.
  checked_out_by text,
  position       bigint not null
) with (fillfactor = 70);

create table cart.item (
  cart_id        text collate "C" not null,
  sku            text collate "C" not null,
  quantity       integer not null,
  -- Position of the event that put the SKU in: the order of the lines.
  added_position bigint not null,
  primary key (cart_id, sku)
) with (fillfactor = 70);
