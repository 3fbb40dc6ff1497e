package dev.lastunit.inventory.query;

import dev.lastunit.shared.api.Allocation;
import java.time.Instant;
import java.util.List;

/**
 * Units that are held for an order.
 *
 * @param quantity units over all allocations
 * @param allocations where they are; at least one
 * @param expiresAt when they are given back unless they were confirmed before; UTC
 */
public record ReservationView(
    String reservationId,
    String orderId,
    long quantity,
    List<Allocation> allocations,
    Instant expiresAt) {}
