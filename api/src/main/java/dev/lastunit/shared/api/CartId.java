package dev.lastunit.shared.api;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;

/**
 * Identifies a cart.
 *
 * @param value the identifier's text, 1 to 160 characters
 */
public record CartId(@JsonValue String value) {

  @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
  public CartId {
    if (value == null || value.isBlank() || value.length() > 160) {
      throw new IllegalArgumentException("CartId must have 1 to 160 characters");
    }
  }

  /** The cart's stream in the event store. */
  public String stream() {
    return "cart-" + value;
  }

  @Override
  public String toString() {
    return value;
  }
}
