begin;
update bench.stock set reserved = reserved + 1 where sku = 0 and on_hand - reserved >= 1;
insert into bench.reservation (sku, quantity) values (0, 1);
commit;
