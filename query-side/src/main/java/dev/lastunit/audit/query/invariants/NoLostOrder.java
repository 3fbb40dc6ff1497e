package dev.lastunit.audit.query.invariants;

import dev.lastunit.inventory.api.StockEvent;
import dev.lastunit.ordering.api.OrderEvent;
import dev.lastunit.ordering.api.OrderStatus;
import dev.lastunit.ordering.api.OrderSteps;
import dev.lastunit.payment.api.PaymentEvent;
import dev.lastunit.shared.api.OrderId;
import dev.lastunit.shared.api.RecordedEvent;
import dev.lastunit.shared.api.ReservationId;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;

/**
 * Every order that was placed is decided: confirmed, or come to nothing. An order that is not must
 * have moved lately, or hold a reservation whose time has not passed: then it waits for its
 * payment. Checked: orders.
 */
final class NoLostOrder implements Invariant {

  private static final class Undecided {
    private OrderStatus status;
    private Instant lastAt;
    private long lastPosition;
    private final Map<ReservationId, Instant> held = new HashMap<>();
  }

  private final Grace grace;
  private final Map<OrderId, Undecided> undecided = new HashMap<>();
  private final Violations violations = new Violations();
  private long placed;

  NoLostOrder(Grace grace) {
    this.grace = grace;
  }

  @Override
  public String name() {
    return "no-lost-order";
  }

  @Override
  public void apply(RecordedEvent event) {
    switch (event.payload()) {
      case OrderEvent order -> order(event, order);
      case PaymentEvent payment -> touched(event, payment.orderId());
      case StockEvent stock -> stock(event, stock);
      default -> {}
    }
  }

  private void order(RecordedEvent event, OrderEvent order) {
    if (order instanceof OrderEvent.OrderPlaced) {
      placed++;
      undecided.put(order.orderId(), new Undecided());
    }
    OrderStatus status = OrderSteps.statusAfter(order);
    if (status.decided()) {
      undecided.remove(order.orderId());
      return;
    }
    Undecided waiting = touched(event, order.orderId());
    if (waiting != null) {
      waiting.status = status;
    }
  }

  private void stock(RecordedEvent event, StockEvent stock) {
    switch (stock) {
      case StockEvent.StockReserved e -> {
        Undecided waiting = touched(event, e.orderId());
        if (waiting != null) {
          waiting.held.put(e.reservationId(), e.expiresAt());
        }
      }
      case StockEvent.ReservationConfirmed e -> ended(event, e.orderId(), e.reservationId());
      case StockEvent.ReservationReleased e -> ended(event, e.orderId(), e.reservationId());
      case StockEvent.ReservationExpired e -> ended(event, e.orderId(), e.reservationId());
      case StockEvent.UnitsReturned e -> touched(event, e.orderId());
      case StockEvent.StockReceived e -> {}
      case StockEvent.OpeningStockRecorded e -> {}
      case StockEvent.StockAdjusted e -> {}
      case StockEvent.StockPolicySet e -> {}
    }
  }

  private void ended(RecordedEvent event, OrderId order, ReservationId reservation) {
    Undecided waiting = touched(event, order);
    if (waiting != null) {
      waiting.held.remove(reservation);
    }
  }

  /** The order, if it is undecided. */
  private Undecided touched(RecordedEvent event, OrderId order) {
    Undecided waiting = undecided.get(order);
    if (waiting != null) {
      waiting.lastAt = event.at();
      waiting.lastPosition = event.position();
    }
    return waiting;
  }

  @Override
  public Finding finish(Instant now) {
    undecided.forEach(
        (order, waiting) -> {
          Instant deadline =
              waiting.held.values().stream()
                  .filter(expiry -> expiry.isAfter(waiting.lastAt))
                  .min(Instant::compareTo)
                  .orElse(waiting.lastAt);
          if (grace.isOver(deadline, now)) {
            violations.add(
                "order " + order,
                waiting.lastPosition,
                "is "
                    + waiting.status.text()
                    + " since "
                    + waiting.lastAt
                    + " and nothing will decide it");
          }
        });
    return violations.finding(name(), placed);
  }
}
