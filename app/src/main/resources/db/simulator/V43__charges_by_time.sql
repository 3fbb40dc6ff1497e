-- For lists of what was charged in a time. Charges come in the order of their times, so the index
-- grows at its end, and a charge's steps do not touch it.
create index charge_created on simulator.charge (created_at);
