package dev.lastunit.shared.api;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;

/**
 * Identifies an order: {@code ord-} and 26 characters, derived from the subject and its idempotency
 * key, so that the same purchase always has the same identifier (ADR 0003).
 *
 * @param value the identifier's text, 1 to 160 characters
 */
public record OrderId(@JsonValue String value) {

  @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
  public OrderId {
    if (value == null || value.isBlank() || value.length() > 160) {
      throw new IllegalArgumentException("OrderId must have 1 to 160 characters");
    }
  }

  /** The order's stream in the event store. */
  public String stream() {
    return "order-" + value;
  }

  /** The part after the type prefix, shared by all identifiers that derive from this order. */
  public String suffix() {
    return value.startsWith("ord-") ? value.substring(4) : value;
  }

  @Override
  public String toString() {
    return value;
  }
}
