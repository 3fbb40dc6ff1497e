package dev.lastunit.fulfilment.command;

import dev.lastunit.fulfilment.api.ShipmentState;
import dev.lastunit.fulfilment.api.ShipmentStatus;
import dev.lastunit.shared.api.OrderId;
import dev.lastunit.shared.api.ShipmentId;

/**
 * What decisions about a shipment need to know.
 *
 * @param carrier who took it; null until it left. Kept, like the number, to tell a repeated
 *     dispatch from another one
 */
record ShipmentFacts(
    ShipmentId shipmentId,
    OrderId orderId,
    ShipmentStatus status,
    String carrier,
    String trackingNumber) {

  ShipmentState state() {
    return new ShipmentState(shipmentId, orderId, status);
  }

  ShipmentFacts at(ShipmentStatus newStatus) {
    return new ShipmentFacts(shipmentId, orderId, newStatus, carrier, trackingNumber);
  }
}
