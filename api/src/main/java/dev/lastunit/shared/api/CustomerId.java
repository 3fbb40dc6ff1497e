package dev.lastunit.shared.api;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;

/**
 * The subject of the token that owns carts and orders.
 *
 * @param value the identifier's text, 1 to 160 characters
 */
public record CustomerId(@JsonValue String value) {

  @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
  public CustomerId {
    if (value == null || value.isBlank() || value.length() > 160) {
      throw new IllegalArgumentException("CustomerId must have 1 to 160 characters");
    }
  }

  @Override
  public String toString() {
    return value;
  }
}
