package dev.lastunit.operations.api;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;

/**
 * Identifies something parked: {@code <process>:<instance>}, or {@code difference:<reference>} for
 * a difference that reconciliation found.
 *
 * @param value the identifier's text, 1 to 240 characters
 */
public record ParkedId(@JsonValue String value) {

  @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
  public ParkedId {
    if (value == null || value.isBlank() || value.length() > 240) {
      throw new IllegalArgumentException("ParkedId must have 1 to 240 characters");
    }
  }

  @Override
  public String toString() {
    return value;
  }
}
