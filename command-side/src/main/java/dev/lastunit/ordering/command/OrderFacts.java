package dev.lastunit.ordering.command;

import dev.lastunit.ordering.api.OrderState;
import dev.lastunit.ordering.api.OrderStatus;
import dev.lastunit.ordering.api.RejectionReason;
import dev.lastunit.ordering.api.ReservedLine;
import dev.lastunit.shared.api.CustomerId;
import dev.lastunit.shared.api.OrderId;
import java.util.List;

/**
 * What decisions about an order need to know; what was bought, for how much and where it goes is
 * not among it.
 *
 * @param fingerprint hash of the canonical request that placed it
 * @param reason null unless rejected
 * @param reserved where units are held while a cancellation would have to give them back, else
 *     empty; at most one entry for each line
 */
record OrderFacts(
    OrderId orderId,
    CustomerId customerId,
    String fingerprint,
    OrderStatus status,
    RejectionReason reason,
    List<ReservedLine> reserved) {

  OrderState state() {
    return new OrderState(orderId, customerId, status, reason);
  }

  OrderFacts holding(List<ReservedLine> lines) {
    return new OrderFacts(
        orderId, customerId, fingerprint, OrderStatus.RESERVED, null, List.copyOf(lines));
  }

  OrderFacts confirmed() {
    return new OrderFacts(orderId, customerId, fingerprint, OrderStatus.CONFIRMED, null, reserved);
  }

  /** A state in which nothing can be given back any more. */
  OrderFacts past(OrderStatus newStatus, RejectionReason why) {
    return new OrderFacts(orderId, customerId, fingerprint, newStatus, why, List.of());
  }
}
