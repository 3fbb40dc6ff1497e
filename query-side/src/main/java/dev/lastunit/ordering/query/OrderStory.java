package dev.lastunit.ordering.query;

import dev.lastunit.fulfilment.api.ShipmentEvent;
import dev.lastunit.ordering.api.OrderEvent;
import dev.lastunit.ordering.api.OrderStatus;
import dev.lastunit.ordering.api.OrderSteps;
import dev.lastunit.ordering.api.RejectionReason;
import dev.lastunit.ordering.api.Shortage;
import dev.lastunit.payment.api.PaymentEvent;
import dev.lastunit.payment.api.PaymentProgress;
import dev.lastunit.payment.api.PaymentStatus;
import dev.lastunit.shared.api.CustomerId;
import dev.lastunit.shared.api.Event;
import dev.lastunit.shared.api.Money;
import dev.lastunit.shared.api.OrderId;
import dev.lastunit.shared.api.PaymentId;
import dev.lastunit.shared.api.RecordedEvent;
import dev.lastunit.shared.api.RefundId;
import dev.lastunit.shared.api.ReturnId;
import dev.lastunit.shared.api.ShipmentId;
import java.time.Instant;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * An order's events folded into its steps, and what the next ones mean. Not thread-safe; no input
 * or output.
 */
final class OrderStory {

  private final OrderId orderId;
  private final Set<String> streams = new LinkedHashSet<>();
  private CustomerId customer;
  private OrderStatus status;
  private Money total;
  private PaymentProgress payment = PaymentProgress.NONE;

  OrderStory(OrderId orderId) {
    this.orderId = orderId;
    streams.add(orderId.stream());
    streams.add(PaymentId.of(orderId).stream());
  }

  /**
   * Streams that tell of this order. Those of its shipments are known once it is reserved, or once
   * a part of one has left, and none of them begins before that.
   */
  Set<String> streams() {
    return Set.copyOf(streams);
  }

  /** Who placed it; null before its first event. */
  CustomerId customer() {
    return customer;
  }

  /** Whether the buyer knows what became of the order. */
  boolean decided() {
    return status != null && status.decided();
  }

  /**
   * Whether the money has followed the decision: taken for an order that goes ahead, given back for
   * one that does not.
   */
  boolean settled() {
    return switch (status) {
      case PLACED, RESERVED -> false;
      case CONFIRMED, SHIPPED ->
          total.amount() == 0
              || payment.status() == PaymentStatus.CAPTURED
              || payment.status() == PaymentStatus.REFUNDED;
      case DELIVERED -> true;
      case REJECTED, CANCELLED -> payment.holdsNothing();
    };
  }

  /** Folds the event in; answers the step that it is, or null when it is none. */
  OrderStep apply(RecordedEvent recorded) {
    Event event = recorded.payload();
    switch (event) {
      case OrderEvent e -> order(e);
      case PaymentEvent e -> payment = payment.after(e);
      case ShipmentEvent.ShipmentSplit e -> streams.add(e.rest().stream());
      default -> {}
    }
    String type = OrderSteps.nameOf(event);
    return type == null ? null : step(type, recorded, event);
  }

  private void order(OrderEvent event) {
    switch (event) {
      case OrderEvent.OrderPlaced e -> {
        customer = e.customerId();
        total = e.total();
      }
      case OrderEvent.OrderReserved e ->
          e.lines().stream()
              .flatMap(line -> line.allocations().stream())
              .map(allocation -> ShipmentId.of(orderId, allocation.location()).stream())
              .forEach(streams::add);
      case OrderEvent.OrderConfirmed e -> {}
      case OrderEvent.OrderRejected e -> {}
      case OrderEvent.OrderCancelled e -> {}
      case OrderEvent.OrderShipped e -> {}
      case OrderEvent.OrderDelivered e -> {}
      case OrderEvent.ReturnAccepted e -> {}
      case OrderEvent.ReturnCompleted e -> {}
    }
    status = OrderSteps.statusAfter(event);
  }

  private OrderStep step(String type, RecordedEvent recorded, Event event) {
    RejectionReason reason = null;
    String note = null;
    List<Shortage> shortages = null;
    Instant expiresAt = null;
    PaymentId paymentId = null;
    Money amount = null;
    String declineCode = null;
    RefundId refundId = null;
    ReturnId returnId = null;
    ShipmentId shipmentId = null;
    String carrier = null;
    String trackingNumber = null;
    switch (event) {
      case OrderEvent.OrderPlaced e -> amount = e.total();
      case OrderEvent.OrderReserved e -> expiresAt = e.expiresAt();
      case OrderEvent.OrderRejected e -> {
        reason = e.reason();
        shortages = e.shortages() == null || e.shortages().isEmpty() ? null : e.shortages();
      }
      case OrderEvent.OrderCancelled e -> note = e.reason();
      case OrderEvent.OrderShipped e -> shipmentId = e.shipmentId();
      case OrderEvent.ReturnAccepted e -> {
        returnId = e.returnId();
        amount = e.refund();
      }
      case OrderEvent.ReturnCompleted e -> returnId = e.returnId();
      case PaymentEvent.PaymentRequested e -> amount = e.amount();
      case PaymentEvent.PaymentAuthorised e -> amount = e.amount();
      case PaymentEvent.PaymentCaptured e -> amount = e.amount();
      case PaymentEvent.PaymentRefunded e -> {
        amount = e.amount();
        refundId = e.refundId();
      }
      case PaymentEvent.RefundFailed e -> {
        refundId = e.refundId();
        declineCode = e.code();
      }
      case PaymentEvent.PaymentDeclined e -> declineCode = e.code();
      case ShipmentEvent.ShipmentDispatched e -> {
        carrier = e.carrier();
        trackingNumber = e.trackingNumber();
      }
      default -> {}
    }
    if (event instanceof PaymentEvent e) {
      paymentId = e.paymentId();
    }
    if (event instanceof ShipmentEvent e) {
      shipmentId = e.shipmentId();
    }
    return new OrderStep(
        orderId,
        type,
        recorded.at(),
        recorded.position(),
        status,
        reason,
        note,
        shortages,
        expiresAt,
        paymentId,
        paymentId == null ? null : payment.status().text(),
        amount,
        declineCode,
        refundId,
        returnId,
        shipmentId,
        carrier,
        trackingNumber);
  }
}
