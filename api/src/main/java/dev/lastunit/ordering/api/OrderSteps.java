package dev.lastunit.ordering.api;

import dev.lastunit.fulfilment.api.ShipmentEvent;
import dev.lastunit.payment.api.PaymentEvent;
import dev.lastunit.shared.api.Event;

/**
 * Which events are steps of an order's story, and the names under which clients see them: in the
 * order's timeline and as the types of its event stream. The names are part of the HTTP contract.
 */
public final class OrderSteps {

  private OrderSteps() {}

  /**
   * The name of the step, or null when the event is no step: intentions between our own parts are
   * none, and stock has one step for the order, not one for each line.
   */
  public static String nameOf(Event event) {
    return switch (event) {
      case OrderEvent e -> nameOf(e);
      case PaymentEvent e -> nameOf(e);
      case ShipmentEvent e -> nameOf(e);
      default -> null;
    };
  }

  /** The status of the order after the event, or null when the event leaves it as it is. */
  public static OrderStatus statusAfter(Event event) {
    return event instanceof OrderEvent e ? statusAfter(e) : null;
  }

  /** The status of the order after one of its own events; never null. */
  public static OrderStatus statusAfter(OrderEvent event) {
    return switch (event) {
      case OrderEvent.OrderPlaced e -> OrderStatus.PLACED;
      case OrderEvent.OrderReserved e -> OrderStatus.RESERVED;
      case OrderEvent.OrderConfirmed e -> OrderStatus.CONFIRMED;
      case OrderEvent.OrderRejected e -> OrderStatus.REJECTED;
      case OrderEvent.OrderCancelled e -> OrderStatus.CANCELLED;
      case OrderEvent.OrderShipped e -> OrderStatus.SHIPPED;
      case OrderEvent.OrderDelivered e -> OrderStatus.DELIVERED;
      case OrderEvent.ReturnAccepted e -> OrderStatus.DELIVERED;
      case OrderEvent.ReturnCompleted e -> OrderStatus.DELIVERED;
    };
  }

  private static String nameOf(OrderEvent event) {
    return switch (event) {
      case OrderEvent.OrderPlaced e -> "OrderPlaced";
      case OrderEvent.OrderReserved e -> "StockReserved";
      case OrderEvent.OrderConfirmed e -> "OrderConfirmed";
      case OrderEvent.OrderRejected e -> "OrderRejected";
      case OrderEvent.OrderCancelled e -> "OrderCancelled";
      case OrderEvent.OrderShipped e -> "OrderShipped";
      case OrderEvent.OrderDelivered e -> "OrderDelivered";
      case OrderEvent.ReturnAccepted e -> "ReturnAccepted";
      case OrderEvent.ReturnCompleted e -> "ReturnCompleted";
    };
  }

  private static String nameOf(PaymentEvent event) {
    return switch (event) {
      case PaymentEvent.PaymentRequested e -> "PaymentRequested";
      case PaymentEvent.PaymentPending e -> "PaymentPending";
      case PaymentEvent.PaymentAuthorised e -> "PaymentAuthorised";
      case PaymentEvent.PaymentDeclined e -> "PaymentDeclined";
      case PaymentEvent.PaymentCaptureRequested e -> null;
      case PaymentEvent.PaymentCaptured e -> "PaymentCaptured";
      case PaymentEvent.PaymentAbandoned e -> null;
      case PaymentEvent.PaymentVoided e -> "PaymentVoided";
      case PaymentEvent.RefundRequested e -> null;
      case PaymentEvent.PaymentRefunded e -> "PaymentRefunded";
      case PaymentEvent.RefundFailed e -> "RefundFailed";
    };
  }

  private static String nameOf(ShipmentEvent event) {
    return switch (event) {
      case ShipmentEvent.ShipmentPrepared e -> "ShipmentPrepared";
      case ShipmentEvent.ShipmentSplit e -> null;
      case ShipmentEvent.ShipmentDispatched e -> "ShipmentDispatched";
      case ShipmentEvent.ShipmentDelivered e -> "ShipmentDelivered";
      case ShipmentEvent.ShipmentCancelled e -> "ShipmentCancelled";
    };
  }
}
