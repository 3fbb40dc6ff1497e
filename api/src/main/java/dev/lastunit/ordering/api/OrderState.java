package dev.lastunit.ordering.api;

import dev.lastunit.shared.api.CustomerId;
import dev.lastunit.shared.api.OrderId;
import java.time.Instant;
import java.util.List;

/**
 * An order as its aggregate knows it.
 *
 * @param reason why it was rejected; null unless rejected
 * @param reserved where its units are held or were committed, one entry for each line; empty unless
 *     reserved, confirmed, shipped, or cancelled after it was one of these
 * @param expiresAt when the reservation ends or would have ended; null when {@code reserved} is
 *     empty, and once cancelled
 */
public record OrderState(
    OrderId orderId,
    CustomerId customerId,
    OrderStatus status,
    RejectionReason reason,
    List<ReservedLine> reserved,
    Instant expiresAt) {}
