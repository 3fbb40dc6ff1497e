\set sku random(0, 9999)
begin;
update bench.stock set reserved = reserved + 1 where sku = :sku and on_hand - reserved >= 1;
insert into bench.reservation (sku, quantity) values (:sku, 1);
commit;
