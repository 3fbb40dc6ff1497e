package dev.lastunit.shared.api;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;

/**
 * Identifies the one payment of an order; derived from the order, so that a repeat can never open a
 * second one.
 *
 * @param value the identifier's text, 1 to 160 characters
 */
public record PaymentId(@JsonValue String value) {

  @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
  public PaymentId {
    if (value == null || value.isBlank() || value.length() > 160) {
      throw new IllegalArgumentException("PaymentId must have 1 to 160 characters");
    }
  }

  /** The payment of an order. */
  public static PaymentId of(OrderId orderId) {
    return new PaymentId("pay-" + orderId.suffix());
  }

  /** The payment's stream in the event store. */
  public String stream() {
    return "payment-" + value;
  }

  @Override
  public String toString() {
    return value;
  }
}
