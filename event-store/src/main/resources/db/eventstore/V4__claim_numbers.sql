-- Each claim has a number, so that what an earlier claim of the same node began is told from the present one.
alter table eventstore.processor add column claim_number bigint not null default 0;
