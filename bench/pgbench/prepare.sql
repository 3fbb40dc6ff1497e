-- The same work in plain SQL, as a shop without events would do it.
drop schema if exists bench cascade;
create schema bench;
create table bench.stock (sku int primary key, on_hand int not null, reserved int not null default 0) with (fillfactor = 50);
create table bench.product (sku int primary key, payload text not null);
create table bench.orders (id bigserial primary key, subject text not null, key text not null, total bigint not null, unique (subject, key));
create table bench.line (order_id bigint not null, sku int not null, quantity int not null);
create table bench.reservation (id bigserial primary key, sku int not null, quantity int not null);
insert into bench.stock select i, 100000000, 0 from generate_series(0, 9999) i;
insert into bench.product select i, repeat('x', 600) from generate_series(0, 9999) i;
vacuum analyze bench.stock;
vacuum analyze bench.product;
