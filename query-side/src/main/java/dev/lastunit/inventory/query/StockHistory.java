package dev.lastunit.inventory.query;

import dev.lastunit.inventory.api.StockEvent;
import dev.lastunit.inventory.api.StockEvent.OpeningStockRecorded;
import dev.lastunit.inventory.api.StockEvent.ReservationConfirmed;
import dev.lastunit.inventory.api.StockEvent.ReservationExpired;
import dev.lastunit.inventory.api.StockEvent.ReservationReleased;
import dev.lastunit.inventory.api.StockEvent.StockAdjusted;
import dev.lastunit.inventory.api.StockEvent.StockPolicySet;
import dev.lastunit.inventory.api.StockEvent.StockReceived;
import dev.lastunit.inventory.api.StockEvent.StockReserved;
import dev.lastunit.inventory.api.StockEvent.UnitsReturned;
import dev.lastunit.inventory.api.StockPolicy;
import dev.lastunit.inventory.query.StockView.LocationView;
import dev.lastunit.inventory.query.StockView.PolicyView;
import dev.lastunit.shared.api.Allocation;
import dev.lastunit.shared.api.LocationId;
import dev.lastunit.shared.api.RecordedEvent;
import dev.lastunit.shared.api.Sku;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The events of one SKU's stock folded into what readers see: the same as the read model's tables,
 * which are sums of the same events; tests hold the two against each other. Not thread-safe; no
 * input or output.
 */
final class StockHistory {

  private final Map<LocationId, Place> places = new LinkedHashMap<>();
  private long sold;
  private StockPolicy policy = StockPolicy.DEFAULT;
  private long position;

  private static final class Place {
    private long onHand;
    private long reserved;
  }

  /** Folds an event in; those of other streams change nothing. */
  void apply(RecordedEvent recorded) {
    if (recorded.payload() instanceof StockEvent event) {
      position = recorded.position();
      apply(event);
    }
  }

  private void apply(StockEvent event) {
    switch (event) {
      case StockReceived e -> at(e.location()).onHand += e.quantity();
      case OpeningStockRecorded e -> at(e.location()).onHand += e.quantity();
      case StockAdjusted e -> at(e.location()).onHand += e.delta();
      case StockPolicySet e -> policy = e.policy();
      case StockReserved e -> reserve(e.allocations(), 1);
      case ReservationConfirmed e -> {
        reserve(e.allocations(), -1);
        sell(e.allocations(), 1);
      }
      case ReservationReleased e -> reserve(e.allocations(), -1);
      case ReservationExpired e -> reserve(e.allocations(), -1);
      case UnitsReturned e -> sell(e.allocations(), -1);
    }
  }

  private Place at(LocationId location) {
    return places.computeIfAbsent(location, id -> new Place());
  }

  private void reserve(List<Allocation> allocations, int sign) {
    for (Allocation part : allocations) {
      at(part.location()).reserved += (long) sign * part.quantity();
    }
  }

  private void sell(List<Allocation> allocations, int sign) {
    for (Allocation part : allocations) {
      at(part.location()).onHand -= (long) sign * part.quantity();
      sold += (long) sign * part.quantity();
    }
  }

  /** Units in the building. */
  long onHand() {
    return places.values().stream().mapToLong(place -> place.onHand).sum();
  }

  /** Units that are promised. */
  long reserved() {
    return places.values().stream().mapToLong(place -> place.reserved).sum();
  }

  /** Units that were sold. */
  long sold() {
    return sold;
  }

  /** The stock after the events; null when there were none. */
  StockView view(Sku sku) {
    return position == 0
        ? null
        : StockView.of(
            sku,
            sold,
            places.entrySet().stream()
                .map(
                    entry ->
                        LocationView.of(
                            entry.getKey().value(),
                            entry.getValue().onHand,
                            entry.getValue().reserved))
                .toList(),
            PolicyView.of(policy),
            position);
  }
}
