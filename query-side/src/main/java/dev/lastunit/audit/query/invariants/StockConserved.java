package dev.lastunit.audit.query.invariants;

import dev.lastunit.inventory.api.StockEvent;
import dev.lastunit.shared.api.Allocation;
import dev.lastunit.shared.api.LocationId;
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
 * No unit appears or vanishes, SKU by SKU.
 *
 * <ul>
 *   <li>Opening, received and adjusted units are those on hand and those sold: on hand as the
 *       events add up, sold as the reservations that were confirmed and not returned.
 *   <li>A reservation is made once, ends at most once, and ends with the units with which it was
 *       made; only confirmed units come back, and no more than were confirmed.
 *   <li>What is reserved in all is what the open reservations hold.
 *   <li>A location opens once; quantities are not negative.
 * </ul>
 *
 * Checked: SKUs.
 */
final class StockConserved implements Invariant {

  private enum State {
    OPEN,
    CONFIRMED,
    ENDED
  }

  private static final class Held {
    private final Map<LocationId, Long> units;
    private State state = State.OPEN;

    /** Of a confirmed reservation: what has not come back. */
    private long sold;

    Held(Map<LocationId, Long> units) {
      this.units = units;
    }
  }

  private static final class Stock {
    private long in;
    private long onHand;
    private long reserved;
    private long lastPosition;
    private final Set<LocationId> opened = new HashSet<>();
    private final Map<ReservationId, Held> reservations = new HashMap<>();
  }

  private final Map<Sku, Stock> stocks = new HashMap<>();
  private final Violations violations = new Violations();

  @Override
  public String name() {
    return "stock-conserved";
  }

  @Override
  public void apply(RecordedEvent event) {
    if (!(event.payload() instanceof StockEvent change)) {
      return;
    }
    Stock stock = stocks.computeIfAbsent(change.sku(), sku -> new Stock());
    stock.lastPosition = event.position();
    switch (change) {
      case StockEvent.StockReceived e -> {
        checkQuantity(event, e.sku(), e.quantity());
        stock.in += e.quantity();
        stock.onHand += e.quantity();
      }
      case StockEvent.OpeningStockRecorded e -> {
        checkQuantity(event, e.sku(), e.quantity());
        if (!stock.opened.add(e.location())) {
          add(event, e.sku(), e.location() + " opened twice");
        }
        stock.in += e.quantity();
        stock.onHand += e.quantity();
      }
      case StockEvent.StockAdjusted e -> {
        stock.in += e.delta();
        stock.onHand += e.delta();
      }
      case StockEvent.StockPolicySet e -> {}
      case StockEvent.StockReserved e -> reserve(event, stock, e);
      case StockEvent.ReservationConfirmed e -> {
        long units = end(event, stock, e.reservationId(), e.allocations(), State.CONFIRMED);
        stock.onHand -= units;
      }
      case StockEvent.ReservationReleased e ->
          end(event, stock, e.reservationId(), e.allocations(), State.ENDED);
      case StockEvent.ReservationExpired e ->
          end(event, stock, e.reservationId(), e.allocations(), State.ENDED);
      case StockEvent.UnitsReturned e -> takeBack(event, stock, e);
    }
  }

  private void reserve(RecordedEvent event, Stock stock, StockEvent.StockReserved made) {
    Map<LocationId, Long> units = units(event, made.sku(), made.allocations());
    stock.reserved += sum(units);
    if (stock.reservations.putIfAbsent(made.reservationId(), new Held(units)) != null) {
      add(event, made.sku(), "reservation " + made.reservationId() + " was made twice");
    }
  }

  private long end(
      RecordedEvent event,
      Stock stock,
      ReservationId reservation,
      List<Allocation> allocations,
      State state) {
    Sku sku = ((StockEvent) event.payload()).sku();
    Map<LocationId, Long> units = units(event, sku, allocations);
    stock.reserved -= sum(units);
    Held held = stock.reservations.get(reservation);
    if (held == null) {
      add(event, sku, "reservation " + reservation + " ended and was never made");
    } else if (held.state != State.OPEN) {
      add(event, sku, "reservation " + reservation + " ended twice");
    } else {
      if (!held.units.equals(units)) {
        add(
            event,
            sku,
            "reservation " + reservation + " was made for " + held.units + ", ended with " + units);
      }
      held.state = state;
      held.sold = state == State.CONFIRMED ? sum(units) : 0;
    }
    return sum(units);
  }

  private void takeBack(RecordedEvent event, Stock stock, StockEvent.UnitsReturned returned) {
    long units = sum(units(event, returned.sku(), returned.allocations()));
    stock.onHand += units;
    Held held = stock.reservations.get(returned.reservationId());
    if (held == null || held.state != State.CONFIRMED) {
      add(
          event,
          returned.sku(),
          "units came back for reservation "
              + returned.reservationId()
              + ", which was not confirmed");
      return;
    }
    if (units > held.sold) {
      add(
          event,
          returned.sku(),
          units
              + " units came back for reservation "
              + returned.reservationId()
              + ", of which "
              + held.sold
              + " were out");
    }
    held.sold -= units;
  }

  private Map<LocationId, Long> units(RecordedEvent event, Sku sku, List<Allocation> allocations) {
    Map<LocationId, Long> units = new HashMap<>();
    for (Allocation allocation : allocations) {
      checkQuantity(event, sku, allocation.quantity());
      units.merge(allocation.location(), (long) allocation.quantity(), Long::sum);
    }
    return Map.copyOf(units);
  }

  private static long sum(Map<LocationId, Long> units) {
    return units.values().stream().mapToLong(Long::longValue).sum();
  }

  private void checkQuantity(RecordedEvent event, Sku sku, int quantity) {
    if (quantity < 0) {
      add(event, sku, quantity + " units");
    }
  }

  private void add(RecordedEvent event, Sku sku, String detail) {
    violations.add("SKU " + sku, event.position(), detail);
  }

  @Override
  public Finding finish(Instant now) {
    stocks.forEach(this::balance);
    return violations.finding(name(), stocks.size());
  }

  private void balance(Sku sku, Stock stock) {
    long sold = 0;
    long open = 0;
    for (Held held : stock.reservations.values()) {
      sold += held.sold;
      open += held.state == State.OPEN ? sum(held.units) : 0;
    }
    if (stock.in != stock.onHand + sold) {
      violations.add(
          "SKU " + sku,
          stock.lastPosition,
          stock.in + " units came in, but " + stock.onHand + " are on hand and " + sold + " sold");
    }
    if (stock.reserved != open) {
      violations.add(
          "SKU " + sku,
          stock.lastPosition,
          stock.reserved + " units are reserved, but open reservations hold " + open);
    }
  }
}
