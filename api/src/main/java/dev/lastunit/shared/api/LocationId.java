package dev.lastunit.shared.api;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;

/**
 * Names a place that holds stock: a warehouse or a shop.
 *
 * @param value the identifier's text, 1 to 160 characters
 */
public record LocationId(@JsonValue String value) {

  @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
  public LocationId {
    if (value == null || value.isBlank() || value.length() > 160) {
      throw new IllegalArgumentException("LocationId must have 1 to 160 characters");
    }
  }

  @Override
  public String toString() {
    return value;
  }
}
