\set a random(1, 4999)
\set b random(5000, 9999)
\set key random(1, 9000000000000)
begin;
insert into bench.orders (subject, key, total) values ('bench', :key, 1998) on conflict do nothing returning id \gset
insert into bench.line values (:id, :a, 1), (:id, :b, 1);
update bench.stock set on_hand = on_hand - 1 where sku = :a and on_hand - reserved >= 1;
update bench.stock set on_hand = on_hand - 1 where sku = :b and on_hand - reserved >= 1;
commit;
