package dev.lastunit.fulfilment.api;

import dev.lastunit.shared.api.OrderId;
import dev.lastunit.shared.api.ShipmentId;

/** A shipment as its aggregate knows it. */
public record ShipmentState(ShipmentId shipmentId, OrderId orderId, ShipmentStatus status) {}
