package dev.lastunit.shared.api;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;

/**
 * Identifies the reservation of one SKU for one order; derived from both, so that a repeat can
 * never reserve twice.
 *
 * @param value the identifier's text, 1 to 160 characters
 */
public record ReservationId(@JsonValue String value) {

  @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
  public ReservationId {
    if (value == null || value.isBlank() || value.length() > 160) {
      throw new IllegalArgumentException("ReservationId must have 1 to 160 characters");
    }
  }

  /** The reservation of a SKU for an order. */
  public static ReservationId of(OrderId orderId, Sku sku) {
    return new ReservationId("res-" + orderId.suffix() + "-" + sku.value());
  }

  @Override
  public String toString() {
    return value;
  }
}
