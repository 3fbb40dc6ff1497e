package dev.lastunit.ordering.api;

import dev.lastunit.fulfilment.api.ShipmentEvent;
import dev.lastunit.fulfilment.api.ShipmentStatus;
import dev.lastunit.ordering.api.OrderQuery.ReturnItemView;
import dev.lastunit.ordering.api.OrderQuery.ReturnView;
import dev.lastunit.ordering.api.OrderQuery.ShipmentView;
import dev.lastunit.ordering.api.OrderQuery.TimelineEntry;
import dev.lastunit.payment.api.PaymentEvent;
import dev.lastunit.payment.api.PaymentProgress;
import dev.lastunit.shared.api.Event;
import dev.lastunit.shared.api.OrderId;
import dev.lastunit.shared.api.PaymentId;
import dev.lastunit.shared.api.RecordedEvent;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;

/**
 * How far readers know an order to have got: the fold of its events, of its payment's and of its
 * shipments', the same for every read model. Immutable; together with a {@link PlacedOrder} it is
 * the whole of what clients see.
 *
 * @param status null before the first event
 * @param reason why it was rejected, else null
 * @param shortages lines that could not be reserved; empty unless out of stock
 * @param paymentId null as long as nothing was heard of the payment
 * @param expiresAt until when units are held, to the microsecond; null when none are, or for good
 * @param shipments in the order in which they were prepared
 * @param returns in the order in which they were accepted
 * @param timeline the steps, oldest first
 * @param position of the last event that was folded in; 0 before the first
 */
public record OrderProgress(
    OrderStatus status,
    RejectionReason reason,
    List<Shortage> shortages,
    PaymentId paymentId,
    PaymentProgress payment,
    Instant expiresAt,
    List<ShipmentView> shipments,
    List<ReturnView> returns,
    List<TimelineEntry> timeline,
    long position) {

  /** An order of which nothing is known. */
  public static final OrderProgress NONE =
      new OrderProgress(
          null,
          null,
          List.of(),
          null,
          PaymentProgress.NONE,
          null,
          List.of(),
          List.of(),
          List.of(),
          0);

  /** An event without shortages is the same as one with none, and so are rows without returns. */
  public OrderProgress {
    shortages = shortages == null ? List.of() : shortages;
    returns = returns == null ? List.of() : returns;
  }

  /** The events that are folded: sealed interfaces of them. */
  public static final List<Class<? extends Event>> CONCERNS =
      List.of(OrderEvent.class, PaymentEvent.class, ShipmentEvent.class);

  /** The order that an event tells of; null for events of no order and for those of stock. */
  public static OrderId orderOf(Event event) {
    return switch (event) {
      case OrderEvent e -> e.orderId();
      case PaymentEvent e -> e.orderId();
      case ShipmentEvent e -> e.orderId();
      default -> null;
    };
  }

  /**
   * The progress after one more event of the same order; one that is folded in already changes
   * nothing. Events must come in the order of their positions.
   *
   * @throws IllegalArgumentException when the event is no order's
   * @throws IllegalStateException when it is of a shipment that was never prepared
   * @throws ArithmeticException when the payment's sums do not fit
   */
  public OrderProgress after(RecordedEvent recorded) {
    if (recorded.position() <= position) {
      return this;
    }
    Event event = recorded.payload();
    OrderProgress next =
        switch (event) {
          case OrderEvent e -> order(e, recorded.at());
          case PaymentEvent e ->
              new OrderProgress(
                  status,
                  reason,
                  shortages,
                  e.paymentId(),
                  payment.after(e),
                  expiresAt,
                  shipments,
                  returns,
                  timeline,
                  position);
          case ShipmentEvent e -> with(shipment(e));
          default -> throw new IllegalArgumentException("No event of an order: " + event);
        };
    return next.at(recorded, OrderSteps.nameOf(event));
  }

  private OrderProgress order(OrderEvent event, Instant at) {
    RejectionReason newReason = reason;
    List<Shortage> newShortages = shortages;
    Instant newExpiresAt = expiresAt;
    List<ReturnView> newReturns = returns;
    switch (event) {
      // As precise as a table keeps it, so that every reader is told the same instant.
      case OrderEvent.OrderReserved e ->
          newExpiresAt = e.expiresAt().truncatedTo(ChronoUnit.MICROS);
      case OrderEvent.OrderConfirmed e -> newExpiresAt = null;
      case OrderEvent.OrderRejected e -> {
        newReason = e.reason();
        newShortages = e.shortages();
        newExpiresAt = null;
      }
      case OrderEvent.OrderCancelled e -> newExpiresAt = null;
      case OrderEvent.OrderPlaced e -> {}
      case OrderEvent.OrderShipped e -> {}
      case OrderEvent.OrderDelivered e -> {}
      case OrderEvent.ReturnAccepted e -> {
        newReturns = new ArrayList<>(returns);
        newReturns.add(accepted(e, at.truncatedTo(ChronoUnit.MICROS)));
      }
      case OrderEvent.ReturnCompleted e ->
          newReturns = returns.stream().map(one -> completed(one, e)).toList();
    }
    return new OrderProgress(
        OrderSteps.statusAfter(event),
        newReason,
        newShortages,
        paymentId,
        payment,
        newExpiresAt,
        shipments,
        newReturns,
        timeline,
        position);
  }

  private static ReturnView accepted(OrderEvent.ReturnAccepted event, Instant at) {
    return new ReturnView(
        event.returnId().value(),
        ReturnStatus.ACCEPTED.text(),
        event.lines().stream()
            .map(line -> new ReturnItemView(line.sku(), line.quantity(), line.refund()))
            .toList(),
        event.refund(),
        event.restock(),
        at);
  }

  private static ReturnView completed(ReturnView known, OrderEvent.ReturnCompleted event) {
    return known.returnId().equals(event.returnId().value())
        ? new ReturnView(
            known.returnId(),
            ReturnStatus.COMPLETED.text(),
            known.items(),
            known.refund(),
            known.restock(),
            known.acceptedAt())
        : known;
  }

  private ShipmentView shipment(ShipmentEvent event) {
    String id = event.shipmentId().value();
    return switch (event) {
      case ShipmentEvent.ShipmentPrepared e ->
          new ShipmentView(id, e.location().value(), ShipmentStatus.PREPARED.text(), null, null);
      // What stays is a shipment once that is prepared, and what leaves is still this one.
      case ShipmentEvent.ShipmentSplit e -> known(id);
      case ShipmentEvent.ShipmentDispatched e ->
          new ShipmentView(
              id,
              known(id).location(),
              ShipmentStatus.DISPATCHED.text(),
              e.carrier(),
              e.trackingNumber());
      case ShipmentEvent.ShipmentDelivered e -> moved(known(id), ShipmentStatus.DELIVERED);
      case ShipmentEvent.ShipmentCancelled e -> moved(known(id), ShipmentStatus.CANCELLED);
    };
  }

  private static ShipmentView moved(ShipmentView known, ShipmentStatus next) {
    return new ShipmentView(
        known.shipmentId(), known.location(), next.text(), known.carrier(), known.trackingNumber());
  }

  private ShipmentView known(String id) {
    for (ShipmentView shipment : shipments) {
      if (shipment.shipmentId().equals(id)) {
        return shipment;
      }
    }
    throw new IllegalStateException("Shipment " + id + " was never prepared");
  }

  private OrderProgress with(ShipmentView shipment) {
    List<ShipmentView> next = new ArrayList<>(shipments.size() + 1);
    boolean replaced = false;
    for (ShipmentView old : shipments) {
      boolean same = old.shipmentId().equals(shipment.shipmentId());
      next.add(same ? shipment : old);
      replaced |= same;
    }
    if (!replaced) {
      next.add(shipment);
    }
    return new OrderProgress(
        status,
        reason,
        shortages,
        paymentId,
        payment,
        expiresAt,
        List.copyOf(next),
        returns,
        timeline,
        position);
  }

  private OrderProgress at(RecordedEvent recorded, String step) {
    List<TimelineEntry> steps = timeline;
    if (step != null) {
      List<TimelineEntry> longer = new ArrayList<>(timeline.size() + 1);
      longer.addAll(timeline);
      longer.add(new TimelineEntry(step, recorded.at(), recorded.position()));
      steps = List.copyOf(longer);
    }
    return new OrderProgress(
        status,
        reason,
        shortages,
        paymentId,
        payment,
        expiresAt,
        shipments,
        returns,
        steps,
        recorded.position());
  }
}
