package dev.lastunit.ordering.command;

import dev.lastunit.ordering.api.OrderLine;
import dev.lastunit.ordering.api.OrderReturn;
import dev.lastunit.ordering.api.OrderState;
import dev.lastunit.ordering.api.OrderStatus;
import dev.lastunit.ordering.api.RejectionReason;
import dev.lastunit.ordering.api.ReservedLine;
import dev.lastunit.ordering.api.ReturnStatus;
import dev.lastunit.shared.api.CustomerId;
import dev.lastunit.shared.api.OrderId;
import dev.lastunit.shared.api.ReturnId;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * What decisions about an order need to know; where it goes and how it is paid is not among it.
 *
 * @param fingerprint hash of the canonical request that placed it
 * @param lines what was ordered; empty once it came to nothing
 * @param reason null unless rejected
 * @param reserved where units are held or were committed, as long as somebody may have to give them
 *     back, to send them, or to know where they came from, else empty; at most one entry for each
 *     line
 * @param expiresAt when the reservation ends or would have ended; null when no units are held or to
 *     be sent
 * @param returns in the order in which they were accepted; kept for ever
 */
record OrderFacts(
    OrderId orderId,
    CustomerId customerId,
    String fingerprint,
    List<OrderLine> lines,
    OrderStatus status,
    RejectionReason reason,
    List<ReservedLine> reserved,
    Instant expiresAt,
    List<OrderReturn> returns) {

  static OrderFacts placed(
      OrderId orderId, CustomerId customerId, String fingerprint, List<OrderLine> lines) {
    return new OrderFacts(
        orderId,
        customerId,
        fingerprint,
        lines,
        OrderStatus.PLACED,
        null,
        List.of(),
        null,
        List.of());
  }

  OrderState state() {
    return new OrderState(
        orderId,
        customerId,
        status,
        reason,
        status == OrderStatus.DELIVERED ? List.of() : reserved,
        expiresAt);
  }

  OrderFacts holding(List<ReservedLine> held, Instant expires) {
    return new OrderFacts(
        orderId,
        customerId,
        fingerprint,
        lines,
        OrderStatus.RESERVED,
        null,
        List.copyOf(held),
        expires,
        returns);
  }

  /** A state in which the units are still the order's. */
  OrderFacts keeping(OrderStatus newStatus) {
    return new OrderFacts(
        orderId, customerId, fingerprint, lines, newStatus, null, reserved, expiresAt, returns);
  }

  /** Everything arrived: nothing expires or is cancelled any more, but units may come back. */
  OrderFacts delivered() {
    return new OrderFacts(
        orderId,
        customerId,
        fingerprint,
        lines,
        OrderStatus.DELIVERED,
        null,
        reserved,
        null,
        returns);
  }

  /** Cancelled; what was held or committed is still to be given back, or was since. */
  OrderFacts cancelled(List<ReservedLine> held) {
    return new OrderFacts(
        orderId,
        customerId,
        fingerprint,
        List.of(),
        OrderStatus.CANCELLED,
        null,
        List.copyOf(held),
        null,
        returns);
  }

  /** A state in which nothing can be given back any more. */
  OrderFacts past(OrderStatus newStatus, RejectionReason why) {
    return new OrderFacts(
        orderId, customerId, fingerprint, List.of(), newStatus, why, List.of(), null, returns);
  }

  /** The return of this identifier; null when there is none. */
  OrderReturn returnOf(ReturnId id) {
    for (var one : returns) {
      if (one.returnId().equals(id)) {
        return one;
      }
    }
    return null;
  }

  OrderFacts accepted(OrderReturn accepted) {
    var more = new ArrayList<>(returns);
    more.add(accepted);
    return with(more);
  }

  OrderFacts completed(ReturnId id) {
    return with(
        returns.stream()
            .map(
                one ->
                    one.returnId().equals(id)
                        ? new OrderReturn(
                            id,
                            orderId,
                            ReturnStatus.COMPLETED,
                            one.lines(),
                            one.refund(),
                            one.restock(),
                            one.location())
                        : one)
            .toList());
  }

  private OrderFacts with(List<OrderReturn> all) {
    return new OrderFacts(
        orderId,
        customerId,
        fingerprint,
        lines,
        status,
        reason,
        reserved,
        expiresAt,
        List.copyOf(all));
  }
}
