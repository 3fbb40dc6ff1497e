\set a random(0, 9999)
select payload from bench.product where sku = :a;
