package dev.lastunit.fulfilment.query;

import dev.lastunit.fulfilment.api.ShipmentLine;
import dev.lastunit.fulfilment.api.ShipmentStatus;
import dev.lastunit.shared.api.LocationId;
import dev.lastunit.shared.api.OrderId;
import dev.lastunit.shared.api.ShipmentId;
import java.time.Instant;
import java.util.List;

/**
 * A shipment as the warehouse sees it.
 *
 * @param lines what to pack, one for each SKU
 * @param carrier null before it left, like the tracking number
 * @param preparedAt since when it is to be packed
 * @param changedAt when the last thing happened
 */
public record ShipmentView(
    ShipmentId shipmentId,
    OrderId orderId,
    LocationId location,
    List<ShipmentLine> lines,
    ShipmentStatus status,
    String carrier,
    String trackingNumber,
    Instant preparedAt,
    Instant changedAt) {}
