-- The refunds of one charge are asked for by whoever does not know whether its own was made. They
-- are few among the entries, and no other entry pays for this index.
create index entry_refunds on simulator.entry (charge_id, entry_no) where kind = 'refunded';
