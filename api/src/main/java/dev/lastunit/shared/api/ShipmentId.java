package dev.lastunit.shared.api;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;

/**
 * Identifies the shipment of one order from one location; derived from both.
 *
 * @param value the identifier's text, 1 to 160 characters
 */
public record ShipmentId(@JsonValue String value) {

  @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
  public ShipmentId {
    if (value == null || value.isBlank() || value.length() > 160) {
      throw new IllegalArgumentException("ShipmentId must have 1 to 160 characters");
    }
  }

  /** The shipment of an order from a location. */
  public static ShipmentId of(OrderId orderId, LocationId location) {
    return new ShipmentId("shp-" + orderId.suffix() + "-" + location.value());
  }

  /** The shipment's stream in the event store. */
  public String stream() {
    return "shipment-" + value;
  }

  @Override
  public String toString() {
    return value;
  }
}
