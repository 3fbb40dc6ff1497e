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

  /**
   * Some of its units stay when it leaves: they are no longer its own, and a new shipment from the
   * same location has them.
   *
   * @param rest the new shipment
   * @param lines the units that stay, at least one
   */
  @Revision("1")
  record ShipmentSplit(
      ShipmentId shipmentId,
      OrderId orderId,
      ShipmentId rest,
      LocationId location,
      List<ShipmentLine> lines)
      implements ShipmentEvent {}

  /** It left, without what was split off before. */
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
