package dev.lastunit.ordering.api;

import dev.lastunit.shared.api.CartId;
import dev.lastunit.shared.api.Command;
import dev.lastunit.shared.api.CustomerId;
import dev.lastunit.shared.api.LocationId;
import dev.lastunit.shared.api.Money;
import dev.lastunit.shared.api.OrderId;
import dev.lastunit.shared.api.ReturnId;
import dev.lastunit.shared.api.ShipmentId;
import java.time.Instant;
import java.util.List;

/**
 * What can be asked of an order. All are safe to repeat; a command that the order's state does not
 * allow is refused with INVALID_TRANSITION (fact {@code status}) unless said otherwise.
 */
public sealed interface OrderCommand<R> extends Command<R> {

  OrderId orderId();

  @Override
  default String stream() {
    return orderId().stream();
  }

  /**
   * Places the order. The order's identifier derives from subject and idempotency key, so a repeat
   * meets the first one: with the same fingerprint it is answered with the order as it stands, with
   * another fingerprint it is refused with IDEMPOTENCY_KEY_REUSED.
   *
   * @param fingerprint hash of the canonical request
   * @param cartId the cart that it came from; null when the lines came with the request
   * @param lines 1 to the configured limit, one for each SKU
   */
  record PlaceOrder(
      OrderId orderId,
      CustomerId customerId,
      String idempotencyKey,
      String fingerprint,
      CartId cartId,
      List<OrderLine> lines,
      Money total,
      ShippingAddress shippingAddress,
      PaymentChoice payment)
      implements OrderCommand<OrderState> {}

  /**
   * Asks for the order that a key stands for, without placing one: refused with NOT_FOUND when
   * there is none and with IDEMPOTENCY_KEY_REUSED when it was placed by another request.
   */
  record FindPlacedOrder(OrderId orderId, String fingerprint) implements OrderCommand<OrderState> {}

  /** All lines are held until {@code expiresAt}, the earliest of them. */
  record RecordReservation(OrderId orderId, List<ReservedLine> lines, Instant expiresAt)
      implements OrderCommand<OrderState> {}

  /**
   * Paid for and stock committed. Refused with INVALID_TRANSITION when it was cancelled or rejected
   * before.
   */
  record ConfirmOrder(OrderId orderId) implements OrderCommand<OrderState> {}

  /**
   * It comes to nothing. Refused with INVALID_TRANSITION once confirmed or cancelled.
   *
   * @param shortages empty unless out of stock
   */
  record RejectOrder(OrderId orderId, RejectionReason reason, List<Shortage> shortages)
      implements OrderCommand<OrderState> {}

  /**
   * The buyer or an operator does not want it any more. Refused with NOT_CANCELLABLE once shipped
   * or rejected, and with NOT_FOUND for another customer.
   *
   * @param customerId who must own the order; null for an operator
   */
  record CancelOrder(OrderId orderId, CustomerId customerId, String reason)
      implements OrderCommand<OrderState> {}

  /**
   * A shipment is about to leave; from now on the order cannot be cancelled. Refused unless
   * confirmed or shipped.
   */
  record ShipOrder(OrderId orderId, ShipmentId shipmentId) implements OrderCommand<OrderState> {}

  /** Every shipment has arrived. */
  record RecordOrderDelivery(OrderId orderId) implements OrderCommand<OrderState> {}

  /**
   * Units of a delivered order come back. Refused with NOT_RETURNABLE before it is delivered (fact
   * {@code status}) and when more units come back than are left of a line (facts {@code sku},
   * {@code left}), over all returns; with NOT_FOUND for another customer; and with
   * IDEMPOTENCY_KEY_REUSED when the return was requested otherwise before.
   *
   * @param customerId who must own the order; null for an operator
   * @param items at least one, one for each SKU
   * @param location where the units go back to stock; null for where they came from, and without
   *     {@code restock}
   */
  record RequestReturn(
      OrderId orderId,
      CustomerId customerId,
      ReturnId returnId,
      List<ReturnItem> items,
      boolean restock,
      LocationId location)
      implements OrderCommand<OrderReturn> {}

  /** The money of a return is given back, and its units are in stock if they go there. */
  record CompleteReturn(OrderId orderId, ReturnId returnId) implements OrderCommand<OrderReturn> {}
}
