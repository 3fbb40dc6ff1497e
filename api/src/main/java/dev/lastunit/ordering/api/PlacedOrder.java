package dev.lastunit.ordering.api;

import dev.lastunit.ordering.api.OrderEvent.OrderPlaced;
import dev.lastunit.ordering.api.OrderQuery.OrderLineView;
import dev.lastunit.ordering.api.OrderQuery.OrderView;
import dev.lastunit.ordering.api.OrderQuery.PaymentView;
import dev.lastunit.ordering.api.OrderQuery.ReservationView;
import dev.lastunit.payment.api.PaymentStatus;
import dev.lastunit.shared.api.CustomerId;
import dev.lastunit.shared.api.Money;
import dev.lastunit.shared.api.OrderId;
import dev.lastunit.shared.api.PaymentId;
import java.time.Instant;
import java.util.List;

/**
 * What readers know of an order from its first event, which never changes. Immutable.
 *
 * @param lines as they were ordered, at least one
 * @param at when it was placed
 * @param position of the order's first event
 */
public record PlacedOrder(
    OrderId orderId,
    CustomerId customerId,
    List<OrderLineView> lines,
    Money total,
    Instant at,
    long position) {

  /**
   * The order that an event has placed.
   *
   * @param at when the event was recorded
   * @param position of the event
   */
  public static PlacedOrder of(OrderPlaced event, Instant at, long position) {
    return new PlacedOrder(
        event.orderId(),
        event.customerId(),
        event.lines().stream().map(OrderLineView::of).toList(),
        event.total(),
        at,
        position);
  }

  /** The order as clients see it once it has got so far. */
  public OrderView view(OrderProgress progress) {
    PaymentStatus payment = progress.payment().status();
    return new OrderView(
        orderId,
        customerId,
        progress.status(),
        progress.reason(),
        lines,
        total,
        at,
        new PaymentView(PaymentId.of(orderId), payment == null ? null : payment.text()),
        progress.expiresAt() == null ? null : new ReservationView(progress.expiresAt()),
        progress.shipments(),
        progress.shortages(),
        progress.returns(),
        progress.timeline());
  }
}
