package dev.lastunit.audit.query.invariants;

import dev.lastunit.inventory.api.StockEvent;
import dev.lastunit.ordering.api.OrderEvent;
import dev.lastunit.ordering.api.OrderLine;
import dev.lastunit.ordering.api.OrderStatus;
import dev.lastunit.ordering.api.OrderSteps;
import dev.lastunit.shared.api.Allocation;
import dev.lastunit.shared.api.OrderId;
import dev.lastunit.shared.api.RecordedEvent;
import dev.lastunit.shared.api.ReservationId;
import dev.lastunit.shared.api.Sku;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Units are held and committed for orders that want them, and for nobody else.
 *
 * <ul>
 *   <li>A reservation is for a line of an order that was placed, with the line's units.
 *   <li>Once there was time to settle, an open reservation belongs to an undecided order and its
 *       own time has not passed.
 *   <li>Likewise, an order that goes ahead has committed units for each of its lines, and one that
 *       came to nothing has none.
 * </ul>
 *
 * Checked: reservations.
 */
final class NoOrphanReservation implements Invariant {

  /**
   * What an order wants and has.
   *
   * <p>Units by SKU are kept until the order is reserved; after that their number is enough.
   */
  private static final class Wanted {
    private Map<Sku, Integer> quantities;
    private int lines;
    private OrderStatus status;
    private Instant lastAt;
    private long lastPosition;
    private final Set<ReservationId> committed = new HashSet<>();
  }

  private record Open(OrderId orderId, Instant madeAt, Instant expiresAt, long position) {}

  private final Grace grace;
  private final Map<OrderId, Wanted> orders = new HashMap<>();
  private final Map<ReservationId, Open> open = new HashMap<>();
  private final Violations violations = new Violations();
  private long reservations;

  NoOrphanReservation(Grace grace) {
    this.grace = grace;
  }

  @Override
  public String name() {
    return "no-orphan-reservation";
  }

  @Override
  public void apply(RecordedEvent event) {
    switch (event.payload()) {
      case OrderEvent order -> order(event, order);
      case StockEvent stock -> stock(event, stock);
      default -> {}
    }
  }

  private void order(RecordedEvent event, OrderEvent order) {
    Wanted wanted = orders.computeIfAbsent(order.orderId(), id -> new Wanted());
    wanted.status = OrderSteps.statusAfter(order);
    wanted.lastAt = event.at();
    wanted.lastPosition = event.position();
    if (order instanceof OrderEvent.OrderPlaced placed) {
      wanted.quantities = new HashMap<>();
      for (OrderLine line : placed.lines()) {
        wanted.quantities.merge(line.sku(), line.quantity(), Integer::sum);
      }
      wanted.lines = wanted.quantities.size();
    } else {
      wanted.quantities = null;
    }
  }

  private void stock(RecordedEvent event, StockEvent stock) {
    switch (stock) {
      case StockEvent.StockReceived e -> {}
      case StockEvent.OpeningStockRecorded e -> {}
      case StockEvent.StockAdjusted e -> {}
      case StockEvent.StockPolicySet e -> {}
      case StockEvent.StockReserved e -> {
        reservations++;
        open.put(
            e.reservationId(), new Open(e.orderId(), event.at(), e.expiresAt(), event.position()));
        checkLine(event, e);
      }
      case StockEvent.ReservationConfirmed e -> {
        open.remove(e.reservationId());
        touched(event, e.orderId()).committed.add(e.reservationId());
      }
      case StockEvent.ReservationReleased e -> open.remove(e.reservationId());
      case StockEvent.ReservationExpired e -> open.remove(e.reservationId());
      case StockEvent.UnitsReturned e -> {
        // What a buyer sent back was committed all the same.
        if (e.returnId() == null) {
          touched(event, e.orderId()).committed.remove(e.reservationId());
        }
      }
    }
  }

  private Wanted touched(RecordedEvent event, OrderId order) {
    Wanted wanted = orders.computeIfAbsent(order, id -> new Wanted());
    wanted.lastAt = event.at();
    wanted.lastPosition = event.position();
    return wanted;
  }

  private void checkLine(RecordedEvent event, StockEvent.StockReserved made) {
    Wanted wanted = orders.get(made.orderId());
    String subject = "reservation " + made.reservationId();
    if (wanted == null) {
      violations.add(subject, event.position(), "order " + made.orderId() + " was never placed");
    } else if (wanted.quantities != null) {
      int line = wanted.quantities.getOrDefault(made.sku(), 0);
      long held = units(made.allocations());
      if (held != line) {
        violations.add(
            subject,
            event.position(),
            held + " units held, but order " + made.orderId() + " wants " + line);
      }
    }
  }

  private static long units(List<Allocation> allocations) {
    return allocations.stream().mapToLong(Allocation::quantity).sum();
  }

  @Override
  public Finding finish(Instant now) {
    open.forEach((id, reservation) -> judgeOpen(id, reservation, now));
    orders.forEach((id, wanted) -> judgeCommitted(id, wanted, now));
    return violations.finding(name(), reservations);
  }

  private void judgeOpen(ReservationId id, Open reservation, Instant now) {
    String subject = "reservation " + id;
    if (grace.isOver(reservation.expiresAt(), now)) {
      violations.add(
          subject,
          reservation.position(),
          "is open, though its time passed at " + reservation.expiresAt());
      return;
    }
    Wanted wanted = orders.get(reservation.orderId());
    if (wanted == null || wanted.status == null || !wanted.status.decided()) {
      return;
    }
    Instant since =
        wanted.lastAt.isAfter(reservation.madeAt()) ? wanted.lastAt : reservation.madeAt();
    if (grace.isOver(since, now)) {
      violations.add(
          subject,
          reservation.position(),
          "is open, though order " + reservation.orderId() + " is " + wanted.status.text());
    }
  }

  private void judgeCommitted(OrderId id, Wanted wanted, Instant now) {
    if (!grace.isOver(wanted.lastAt, now)) {
      return;
    }
    int committed = wanted.committed.size();
    if (wanted.status == null) {
      violations.add(
          "order " + id, wanted.lastPosition, "has committed units and was never placed");
      return;
    }
    int due =
        switch (wanted.status) {
          case CONFIRMED, SHIPPED, DELIVERED -> wanted.lines;
          case PLACED, RESERVED, REJECTED, CANCELLED -> 0;
        };
    if (committed != due) {
      violations.add(
          "order " + id,
          wanted.lastPosition,
          "is "
              + wanted.status.text()
              + ", but units of "
              + committed
              + " of its "
              + wanted.lines
              + " lines are committed");
    }
  }
}
