package dev.lastunit.fulfilment.command;

import dev.lastunit.fulfilment.api.ShipmentLine;
import dev.lastunit.fulfilment.api.ShipmentState;
import dev.lastunit.fulfilment.api.ShipmentStatus;
import dev.lastunit.shared.api.LocationId;
import dev.lastunit.shared.api.OrderId;
import dev.lastunit.shared.api.ShipmentId;
import java.util.List;

/**
 * What decisions about a shipment need to know.
 *
 * @param lines its units; once something was split off, those that are left
 * @param rest the shipment of what was split off; null when nothing was
 * @param carrier who took it; null until it left. Kept, like the number, to tell a repeated
 *     dispatch from another one
 */
record ShipmentFacts(
    ShipmentId shipmentId,
    OrderId orderId,
    LocationId location,
    List<ShipmentLine> lines,
    ShipmentId rest,
    ShipmentStatus status,
    String carrier,
    String trackingNumber) {

  ShipmentState state() {
    return new ShipmentState(shipmentId, orderId, status, lines, rest);
  }

  ShipmentFacts at(ShipmentStatus newStatus) {
    return new ShipmentFacts(
        shipmentId, orderId, location, lines, rest, newStatus, carrier, trackingNumber);
  }

  ShipmentFacts split(ShipmentId next, List<ShipmentLine> left) {
    return new ShipmentFacts(
        shipmentId, orderId, location, List.copyOf(left), next, status, carrier, trackingNumber);
  }

  ShipmentFacts dispatched(String by, String number) {
    return new ShipmentFacts(
        shipmentId, orderId, location, lines, rest, ShipmentStatus.DISPATCHED, by, number);
  }
}
