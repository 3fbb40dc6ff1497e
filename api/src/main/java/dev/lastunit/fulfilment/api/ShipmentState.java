package dev.lastunit.fulfilment.api;

import dev.lastunit.shared.api.OrderId;
import dev.lastunit.shared.api.ShipmentId;
import java.util.List;

/**
 * A shipment as its aggregate knows it.
 *
 * @param lines its units, without what stayed when it left
 * @param rest the shipment of the units that stayed when it left; null when none did
 */
public record ShipmentState(
    ShipmentId shipmentId,
    OrderId orderId,
    ShipmentStatus status,
    List<ShipmentLine> lines,
    ShipmentId rest) {}
