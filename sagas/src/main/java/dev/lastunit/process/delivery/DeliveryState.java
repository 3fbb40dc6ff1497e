package dev.lastunit.process.delivery;

import dev.lastunit.fulfilment.api.ShipmentEvent.ShipmentSplit;
import dev.lastunit.fulfilment.api.ShipmentLine;
import dev.lastunit.process.engine.ProcessState;
import dev.lastunit.shared.api.LocationId;
import dev.lastunit.shared.api.OrderId;
import dev.lastunit.shared.api.ShipmentId;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * The shipments of one order that have not arrived.
 *
 * @param open shipments that are still to arrive; empty when all have
 * @param rests what stayed when a part of a shipment left, and is to be prepared as one of its own
 * @param split shipments that are known to have left in parts, so that a repeat is recognised
 * @param arrived whether any shipment has arrived
 */
record DeliveryState(
    OrderId orderId, Set<ShipmentId> open, List<Rest> rests, Set<ShipmentId> split, boolean arrived)
    implements ProcessState {

  /** A shipment that is to be prepared. */
  record Rest(ShipmentId shipmentId, LocationId location, List<ShipmentLine> lines) {}

  /** Rows of earlier releases hold the first two only. */
  DeliveryState {
    open = open == null ? Set.of() : Set.copyOf(open);
    rests = rests == null ? List.of() : List.copyOf(rests);
    split = split == null ? Set.of() : Set.copyOf(split);
  }

  static DeliveryState of(OrderId orderId, Set<ShipmentId> open) {
    return new DeliveryState(orderId, open, List.of(), Set.of(), false);
  }

  @Override
  public String step() {
    if (!rests.isEmpty()) {
      return "PREPARING";
    }
    return open.isEmpty() ? "RECORDING" : "UNDER_WAY";
  }

  @Override
  public boolean active() {
    return !rests.isEmpty() || open.isEmpty();
  }

  /** A part left: what stayed is to be prepared, and to arrive. */
  DeliveryState splitBy(ShipmentSplit event) {
    Set<ShipmentId> more = new HashSet<>(open);
    more.add(event.rest());
    List<Rest> toPrepare = new ArrayList<>(rests);
    toPrepare.add(new Rest(event.rest(), event.location(), event.lines()));
    Set<ShipmentId> parts = new HashSet<>(split);
    parts.add(event.shipmentId());
    return new DeliveryState(orderId, more, toPrepare, parts, arrived);
  }

  DeliveryState without(ShipmentId shipment, boolean hasArrived) {
    Set<ShipmentId> left = new HashSet<>(open);
    left.remove(shipment);
    return new DeliveryState(orderId, left, rests, split, arrived || hasArrived);
  }

  DeliveryState prepared(Set<ShipmentId> shipments) {
    return new DeliveryState(
        orderId,
        open,
        rests.stream().filter(rest -> !shipments.contains(rest.shipmentId())).toList(),
        split,
        arrived);
  }
}
