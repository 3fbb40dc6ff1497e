package dev.lastunit.inventory.api;

import dev.lastunit.shared.api.Allocation;
import dev.lastunit.shared.api.ReservationId;
import java.time.Instant;
import java.util.List;

/**
 * Units of one SKU that are held for an order.
 *
 * @param allocations where they are; at least one
 * @param expiresAt when they are given back unless they were confirmed before
 */
public record Reservation(
    ReservationId reservationId, List<Allocation> allocations, Instant expiresAt) {}
