package dev.lastunit.fulfilment.api;

import dev.lastunit.shared.api.Command;
import dev.lastunit.shared.api.LocationId;
import dev.lastunit.shared.api.OrderId;
import dev.lastunit.shared.api.ShipmentId;
import java.util.List;

/** What can be asked of a shipment. All are safe to repeat. */
public sealed interface ShipmentCommand<R> extends Command<R> {

  ShipmentId shipmentId();

  @Override
  default String stream() {
    return shipmentId().stream();
  }

  /** The location is to pack these units. */
  record PrepareShipment(
      ShipmentId shipmentId, OrderId orderId, LocationId location, List<ShipmentLine> lines)
      implements ShipmentCommand<ShipmentState> {}

  /** Answers which order it belongs to and how far it is; records nothing. */
  record ReadShipment(ShipmentId shipmentId) implements ShipmentCommand<ShipmentState> {}

  /**
   * It left, or a part of it. Refused with INVALID_TRANSITION once cancelled, or when it left
   * otherwise before, and with INVALID_FIELD when it has not so many units.
   *
   * @param lines the units that left, one line for each SKU; null for all. What stays becomes a
   *     shipment of its own, see {@link ShipmentId#rest()}
   */
  record DispatchShipment(
      ShipmentId shipmentId, String carrier, String trackingNumber, List<ShipmentLine> lines)
      implements ShipmentCommand<ShipmentState> {}

  /** It arrived. Refused with INVALID_TRANSITION unless dispatched. */
  record RecordDelivery(ShipmentId shipmentId) implements ShipmentCommand<ShipmentState> {}

  /** The order was cancelled before it left. Refused with INVALID_TRANSITION once dispatched. */
  record CancelShipment(ShipmentId shipmentId) implements ShipmentCommand<ShipmentState> {}
}
