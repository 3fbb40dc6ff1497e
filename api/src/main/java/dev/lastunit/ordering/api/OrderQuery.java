package dev.lastunit.ordering.api;

import dev.lastunit.shared.api.CustomerId;
import dev.lastunit.shared.api.Money;
import dev.lastunit.shared.api.OrderId;
import dev.lastunit.shared.api.PaymentId;
import dev.lastunit.shared.api.Sku;
import java.time.Instant;
import java.util.List;

/** Questions about orders, over Axon's query bus. */
public sealed interface OrderQuery {

  /**
   * The order as a client sees it; the answer is null when there is none.
   *
   * @param minPosition the read model must have got this far, 0 for any
   */
  record FindOrder(OrderId orderId, long minPosition) implements OrderQuery {}

  /**
   * An order as the contract shows it.
   *
   * @param reason why it was rejected, else null
   * @param shortages lines that could not be reserved; empty unless out of stock
   * @param reservation null when nothing is reserved
   * @param returns in the order in which they were accepted
   * @param timeline what happened, oldest first
   */
  record OrderView(
      OrderId orderId,
      CustomerId customerId,
      OrderStatus status,
      RejectionReason reason,
      List<OrderLineView> items,
      Money total,
      Instant placedAt,
      PaymentView payment,
      ReservationView reservation,
      List<ShipmentView> shipments,
      List<Shortage> shortages,
      List<ReturnView> returns,
      List<TimelineEntry> timeline) {}

  /** One line with its exact total. */
  record OrderLineView(Sku sku, String name, int quantity, Money unitPrice, Money lineTotal) {

    /** A line as it was ordered. */
    public static OrderLineView of(OrderLine line) {
      return new OrderLineView(
          line.sku(),
          line.name(),
          line.quantity(),
          line.unitPrice(),
          line.unitPrice().times(line.quantity()));
    }
  }

  /**
   * The order's payment: {@code status} is that of the payment context in kebab case; null before
   * it is requested.
   */
  record PaymentView(PaymentId paymentId, String status) {}

  /** Until when the units are held. */
  record ReservationView(Instant expiresAt) {}

  /** One shipment of the order. */
  record ShipmentView(
      String shipmentId, String location, String status, String carrier, String trackingNumber) {}

  /**
   * Units that come back.
   *
   * @param status that of the return in kebab case
   * @param refund what is given back: the sum of the items
   * @param restock whether the units go back to stock
   * @param acceptedAt when it was recorded
   */
  record ReturnView(
      String returnId,
      String status,
      List<ReturnItemView> items,
      Money refund,
      boolean restock,
      Instant acceptedAt) {}

  /** Units of one SKU that come back, and what is given back for them. */
  record ReturnItemView(Sku sku, int quantity, Money refund) {}

  /** One step, with its position in the event store. */
  record TimelineEntry(String type, Instant at, long position) {}
}
