package dev.lastunit.ordering.command;

import static dev.lastunit.ordering.api.OrderStatus.CANCELLED;
import static dev.lastunit.ordering.api.OrderStatus.CONFIRMED;
import static dev.lastunit.ordering.api.OrderStatus.REJECTED;
import static dev.lastunit.ordering.api.OrderStatus.SHIPPED;

import dev.lastunit.ordering.api.OrderCommand;
import dev.lastunit.ordering.api.OrderCommand.CancelOrder;
import dev.lastunit.ordering.api.OrderCommand.ConfirmOrder;
import dev.lastunit.ordering.api.OrderCommand.FindPlacedOrder;
import dev.lastunit.ordering.api.OrderCommand.PlaceOrder;
import dev.lastunit.ordering.api.OrderCommand.RecordOrderDelivery;
import dev.lastunit.ordering.api.OrderCommand.RecordReservation;
import dev.lastunit.ordering.api.OrderCommand.RejectOrder;
import dev.lastunit.ordering.api.OrderCommand.ShipOrder;
import dev.lastunit.ordering.api.OrderEvent;
import dev.lastunit.ordering.api.OrderEvent.OrderCancelled;
import dev.lastunit.ordering.api.OrderEvent.OrderConfirmed;
import dev.lastunit.ordering.api.OrderEvent.OrderDelivered;
import dev.lastunit.ordering.api.OrderEvent.OrderPlaced;
import dev.lastunit.ordering.api.OrderEvent.OrderRejected;
import dev.lastunit.ordering.api.OrderEvent.OrderReserved;
import dev.lastunit.ordering.api.OrderEvent.OrderShipped;
import dev.lastunit.ordering.api.OrderEvent.ReturnAccepted;
import dev.lastunit.ordering.api.OrderEvent.ReturnCompleted;
import dev.lastunit.ordering.api.OrderState;
import dev.lastunit.shared.api.ErrorCode;
import dev.lastunit.shared.api.Result;
import java.util.List;
import java.util.Map;

/**
 * The rules of an order: what a command does in a state, and what an event makes of it. Pure
 * functions.
 *
 * <p>A repeat is recognised by the state that its first time left behind. Where later steps hide
 * that state the repeat is still a repeat as long as it asks for something that happened
 * (confirming a shipped order), and refused once it contradicts what became of the order
 * (confirming a cancelled one).
 */
final class OrderRules {

  private OrderRules() {}

  /**
   * What a command leads to.
   *
   * @param events at most one; empty for repeats and refusals
   */
  record Decision(Result<OrderState> result, List<OrderEvent> events) {}

  /**
   * Decides.
   *
   * @param order null when the stream has no event yet, which only PlaceOrder meets. That one is
   *     then always recorded: Axon's caching repository cannot hold an aggregate that has no
   *     identifier
   */
  static Decision decide(OrderFacts order, OrderCommand<OrderState> command) {
    return switch (command) {
      case PlaceOrder place -> place(order, place);
      case FindPlacedOrder find -> samePurchase(order, find.fingerprint());
      case RecordReservation reserve -> reserve(order, reserve);
      case ConfirmOrder confirm -> confirm(order, confirm);
      case RejectOrder reject -> reject(order, reject);
      case CancelOrder cancel -> cancel(order, cancel);
      case ShipOrder ship -> ship(order, ship);
      case RecordOrderDelivery deliver -> deliver(order, deliver);
    };
  }

  private static Decision place(OrderFacts order, PlaceOrder command) {
    if (order != null) {
      return samePurchase(order, command.fingerprint());
    }
    return recorded(
        null,
        new OrderPlaced(
            command.orderId(),
            command.customerId(),
            command.idempotencyKey(),
            command.fingerprint(),
            command.cartId(),
            command.lines(),
            command.total(),
            command.shippingAddress(),
            command.payment()));
  }

  private static Decision samePurchase(OrderFacts order, String fingerprint) {
    if (order.fingerprint().equals(fingerprint)) {
      return repeated(order);
    }
    return refused(
        ErrorCode.IDEMPOTENCY_KEY_REUSED,
        "The Idempotency-Key belongs to another request; use a new one for a new purchase",
        Map.of());
  }

  /**
   * The reservation is a fact of inventory, so a second one that differs is never taken for a
   * repeat.
   */
  private static Decision reserve(OrderFacts order, RecordReservation command) {
    return switch (order.status()) {
      case PLACED ->
          recorded(
              order, new OrderReserved(command.orderId(), command.lines(), command.expiresAt()));
      case RESERVED, CONFIRMED ->
          order.reserved().equals(command.lines()) ? repeated(order) : notAllowed(order);
      case SHIPPED, DELIVERED -> repeated(order);
      case REJECTED, CANCELLED -> notAllowed(order);
    };
  }

  private static Decision confirm(OrderFacts order, ConfirmOrder command) {
    return switch (order.status()) {
      case RESERVED -> recorded(order, new OrderConfirmed(command.orderId()));
      case CONFIRMED, SHIPPED, DELIVERED -> repeated(order);
      case PLACED, REJECTED, CANCELLED -> notAllowed(order);
    };
  }

  /** The first reason stands; the answer tells it. */
  private static Decision reject(OrderFacts order, RejectOrder command) {
    return switch (order.status()) {
      case PLACED, RESERVED ->
          recorded(
              order, new OrderRejected(command.orderId(), command.reason(), command.shortages()));
      case REJECTED -> repeated(order);
      case CONFIRMED, SHIPPED, DELIVERED, CANCELLED -> notAllowed(order);
    };
  }

  private static Decision cancel(OrderFacts order, CancelOrder command) {
    if (command.customerId() != null && !command.customerId().equals(order.customerId())) {
      return refused(ErrorCode.NOT_FOUND, "There is no such order", Map.of());
    }
    return switch (order.status()) {
      case PLACED, RESERVED, CONFIRMED ->
          recorded(
              order,
              new OrderCancelled(
                  command.orderId(), command.reason(), order.status(), order.reserved()));
      case CANCELLED -> repeated(order);
      case SHIPPED, DELIVERED, REJECTED ->
          refused(
              ErrorCode.NOT_CANCELLABLE,
              "The order is " + order.status().text() + " and can no longer be cancelled",
              Map.of("status", order.status().text()));
    };
  }

  /** Only the first shipment changes the order; the others are repeats. */
  private static Decision ship(OrderFacts order, ShipOrder command) {
    return switch (order.status()) {
      case CONFIRMED -> recorded(order, new OrderShipped(command.orderId(), command.shipmentId()));
      case SHIPPED -> repeated(order);
      case PLACED, RESERVED, DELIVERED, REJECTED, CANCELLED -> notAllowed(order);
    };
  }

  private static Decision deliver(OrderFacts order, RecordOrderDelivery command) {
    return switch (order.status()) {
      case SHIPPED -> recorded(order, new OrderDelivered(command.orderId()));
      case DELIVERED -> repeated(order);
      case PLACED, RESERVED, CONFIRMED, REJECTED, CANCELLED -> notAllowed(order);
    };
  }

  /** Folds one event; never refuses, since what was recorded has happened. */
  static OrderFacts evolve(OrderFacts order, OrderEvent event) {
    return switch (event) {
      case OrderPlaced placed ->
          OrderFacts.placed(
              placed.orderId(), placed.customerId(), placed.fingerprint(), placed.lines());
      case OrderReserved reserved -> order.holding(reserved.lines(), reserved.expiresAt());
      case OrderConfirmed _ -> order.keeping(CONFIRMED);
      case OrderRejected rejected -> order.past(REJECTED, rejected.reason());
      case OrderCancelled cancelled -> order.cancelled(cancelled.reserved());
      case OrderShipped _ -> order.keeping(SHIPPED);
      case OrderDelivered _ -> order.delivered();
      case ReturnAccepted accepted -> order.accepted(ReturnRules.of(accepted));
      case ReturnCompleted completed -> order.completed(completed.returnId());
    };
  }

  private static Decision recorded(OrderFacts order, OrderEvent event) {
    return new Decision(Result.accepted(evolve(order, event).state()), List.of(event));
  }

  private static Decision repeated(OrderFacts order) {
    return new Decision(Result.repeated(order.state()), List.of());
  }

  private static Decision notAllowed(OrderFacts order) {
    return refused(
        ErrorCode.INVALID_TRANSITION,
        "The order is " + order.status().text() + " and does not allow this",
        Map.of("status", order.status().text()));
  }

  private static Decision refused(ErrorCode code, String detail, Map<String, Object> facts) {
    return new Decision(Result.refused(code, detail, facts), List.of());
  }
}
