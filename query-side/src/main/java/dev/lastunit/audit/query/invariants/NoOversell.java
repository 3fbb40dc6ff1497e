package dev.lastunit.audit.query.invariants;

import dev.lastunit.inventory.api.StockEvent;
import dev.lastunit.shared.api.Allocation;
import dev.lastunit.shared.api.LocationId;
import dev.lastunit.shared.api.RecordedEvent;
import dev.lastunit.shared.api.Sku;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * After every event, at every location of every SKU: {@code 0 <= reserved <= on hand}. A unit that
 * is promised is there, and none leaves that is not. Checked: SKUs and locations.
 */
final class NoOversell implements Invariant {

  private record Place(Sku sku, LocationId location) {}

  private static final class Level {
    private long onHand;
    private long reserved;
    private boolean broken;
  }

  private final Map<Place, Level> levels = new HashMap<>();
  private final Violations violations = new Violations();

  @Override
  public String name() {
    return "no-oversell";
  }

  @Override
  public void apply(RecordedEvent event) {
    if (!(event.payload() instanceof StockEvent stock)) {
      return;
    }
    switch (stock) {
      case StockEvent.StockReceived e -> change(event, e.sku(), e.location(), e.quantity(), 0);
      case StockEvent.OpeningStockRecorded e ->
          change(event, e.sku(), e.location(), e.quantity(), 0);
      case StockEvent.StockAdjusted e -> change(event, e.sku(), e.location(), e.delta(), 0);
      case StockEvent.StockPolicySet e -> {}
      case StockEvent.StockReserved e -> change(event, e.sku(), e.allocations(), 0, 1);
      case StockEvent.ReservationConfirmed e -> change(event, e.sku(), e.allocations(), -1, -1);
      case StockEvent.ReservationReleased e -> change(event, e.sku(), e.allocations(), 0, -1);
      case StockEvent.ReservationExpired e -> change(event, e.sku(), e.allocations(), 0, -1);
      case StockEvent.UnitsReturned e -> change(event, e.sku(), e.allocations(), 1, 0);
    }
  }

  private void change(
      RecordedEvent event, Sku sku, List<Allocation> allocations, int onHand, int reserved) {
    for (Allocation allocation : allocations) {
      long units = allocation.quantity();
      change(event, sku, allocation.location(), onHand * units, reserved * units);
    }
  }

  private void change(
      RecordedEvent event, Sku sku, LocationId location, long onHand, long reserved) {
    Level level = levels.computeIfAbsent(new Place(sku, location), place -> new Level());
    level.onHand += onHand;
    level.reserved += reserved;
    boolean broken = level.onHand < 0 || level.reserved < 0 || level.reserved > level.onHand;
    if (broken && !level.broken) {
      violations.add(
          "SKU " + sku + " at " + location,
          event.position(),
          level.onHand + " units on hand, " + level.reserved + " reserved");
    }
    level.broken = broken;
  }

  @Override
  public Finding finish(Instant now) {
    return violations.finding(name(), levels.size());
  }
}
