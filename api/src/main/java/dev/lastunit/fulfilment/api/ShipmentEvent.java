package dev.lastunit.fulfilment.api;

import dev.lastunit.shared.api.Event;
import dev.lastunit.shared.api.LocationId;
import dev.lastunit.shared.api.OrderId;
import dev.lastunit.shared.api.ShipmentId;
import java.util.List;
import org.axonframework.serialization.Revision;

/** What happened to a shipment. Published by the Shipment aggregate, in order for each shipment. */
public sealed interface ShipmentEvent extends Event {

  ShipmentId shipmentId();

  OrderId orderId();

  /** A location is to pack these units. */
  @Revision("1")
  record ShipmentPrepared(
      ShipmentId shipmentId, OrderId orderId, LocationId location, List<ShipmentLine> lines)
      implements ShipmentEvent {}

  /** It left. */
  @Revision("1")
  record ShipmentDispatched(
      ShipmentId shipmentId, OrderId orderId, String carrier, String trackingNumber)
      implements ShipmentEvent {}

  /** It arrived. */
  @Revision("1")
  record ShipmentDelivered(ShipmentId shipmentId, OrderId orderId) implements ShipmentEvent {}

  /** It will not leave. */
  @Revision("1")
  record ShipmentCancelled(ShipmentId shipmentId, OrderId orderId) implements ShipmentEvent {}
}
