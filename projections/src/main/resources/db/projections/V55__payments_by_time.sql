-- For walking through the payments of a time. Payments open in the order of their times, so the
-- index grows at its end, and a payment's further events do not touch it.
create index payment_view_opened on payment.payment_view (opened_at);
