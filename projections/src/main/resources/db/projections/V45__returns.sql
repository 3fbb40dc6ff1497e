-- Returns of an order, JSON text like its other lists; null as long as there are none, so that the
-- rows of all other orders are as before.
alter table ordering.order_view add column returns text;
