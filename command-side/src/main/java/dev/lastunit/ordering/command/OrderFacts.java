package dev.lastunit.ordering.command;

import dev.lastunit.ordering.api.OrderState;
import dev.lastunit.ordering.api.OrderStatus;
import dev.lastunit.ordering.api.RejectionReason;
import dev.lastunit.ordering.api.ReservedLine;
import dev.lastunit.shared.api.CustomerId;
import dev.lastunit.shared.api.OrderId;
import java.time.Instant;
import java.util.List;

/**
 * What decisions about an order need to know; what was bought, for how much and where it goes is
 * not among it.
 *
 * @param fingerprint hash of the canonical request that placed it
 * @param reason null unless rejected
 * @param reserved where units are held or were committed, as long as somebody may have to give them
 *     back or to send them, else empty; at most one entry for each line
 * @param expiresAt when the reservation ends or would have ended; null without {@code reserved}
 */
record OrderFacts(
    OrderId orderId,
    CustomerId customerId,
    String fingerprint,
    OrderStatus status,
    RejectionReason reason,
    List<ReservedLine> reserved,
    Instant expiresAt) {

  OrderState state() {
    return new OrderState(orderId, customerId, status, reason, reserved, expiresAt);
  }

  OrderFacts holding(List<ReservedLine> lines, Instant expires) {
    return new OrderFacts(
        orderId, customerId, fingerprint, OrderStatus.RESERVED, null, List.copyOf(lines), expires);
  }

  /** A state in which the units are still the order's. */
  OrderFacts keeping(OrderStatus newStatus) {
    return new OrderFacts(orderId, customerId, fingerprint, newStatus, null, reserved, expiresAt);
  }

  /** Cancelled; what was held or committed is still to be given back, or was since. */
  OrderFacts cancelled(List<ReservedLine> held) {
    return new OrderFacts(
        orderId, customerId, fingerprint, OrderStatus.CANCELLED, null, List.copyOf(held), null);
  }

  /** A state in which nothing can be given back any more. */
  OrderFacts past(OrderStatus newStatus, RejectionReason why) {
    return new OrderFacts(orderId, customerId, fingerprint, newStatus, why, List.of(), null);
  }
}
