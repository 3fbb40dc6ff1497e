package dev.lastunit.ordering.api;

import dev.lastunit.shared.api.CartId;
import dev.lastunit.shared.api.CustomerId;
import dev.lastunit.shared.api.Event;
import dev.lastunit.shared.api.LocationId;
import dev.lastunit.shared.api.Money;
import dev.lastunit.shared.api.OrderId;
import dev.lastunit.shared.api.PersonalData;
import dev.lastunit.shared.api.ReturnId;
import dev.lastunit.shared.api.ShipmentId;
import java.time.Instant;
import java.util.List;
import org.axonframework.serialization.Revision;

/** What happened to an order. Published by the Order aggregate, in order for each order. */
public sealed interface OrderEvent extends Event {

  OrderId orderId();

  /**
   * The first event of every order; holds the key's fingerprint, so that a repeat is recognised for
   * ever.
   */
  @Revision("1")
  record OrderPlaced(
      OrderId orderId,
      CustomerId customerId,
      String idempotencyKey,
      @PersonalData String fingerprint,
      CartId cartId,
      List<OrderLine> lines,
      Money total,
      ShippingAddress shippingAddress,
      PaymentChoice payment)
      implements OrderEvent {}

  /** Every line is held until {@code expiresAt}. */
  @Revision("1")
  record OrderReserved(OrderId orderId, List<ReservedLine> lines, Instant expiresAt)
      implements OrderEvent {}

  /** Paid for, stock committed. */
  @Revision("1")
  record OrderConfirmed(OrderId orderId) implements OrderEvent {}

  /** It came to nothing; nothing is held and nothing is charged. */
  @Revision("1")
  record OrderRejected(OrderId orderId, RejectionReason reason, List<Shortage> shortages)
      implements OrderEvent {}

  /**
   * Not wanted any more. Carries what must be undone, so that the order process can do so long
   * after it ended.
   *
   * @param cancelledFrom the status it had
   * @param reserved where units were held; empty when nothing was reserved yet
   */
  @Revision("1")
  record OrderCancelled(
      OrderId orderId, String reason, OrderStatus cancelledFrom, List<ReservedLine> reserved)
      implements OrderEvent {}

  /** The first shipment left. */
  @Revision("1")
  record OrderShipped(OrderId orderId, ShipmentId shipmentId) implements OrderEvent {}

  /** Everything arrived. */
  @Revision("1")
  record OrderDelivered(OrderId orderId) implements OrderEvent {}

  /**
   * Units come back, and their money will be given back.
   *
   * @param lines one for each SKU
   * @param refund the sum of the lines
   * @param restock whether the units go back to stock; then the lines say where
   * @param location the place that was chosen for them; null for where they came from
   */
  @Revision("1")
  record ReturnAccepted(
      OrderId orderId,
      ReturnId returnId,
      List<ReturnedLine> lines,
      Money refund,
      boolean restock,
      LocationId location)
      implements OrderEvent {}

  /** The money of a return was given back, and its units are in stock if they go there. */
  @Revision("1")
  record ReturnCompleted(OrderId orderId, ReturnId returnId) implements OrderEvent {}
}
