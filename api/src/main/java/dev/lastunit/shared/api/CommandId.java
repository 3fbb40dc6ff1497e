package dev.lastunit.shared.api;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;

/**
 * Identifies one command, so that its repeat is recognised. Derived from the client's {@code
 * Idempotency-Key} or, without one, fresh for each request.
 *
 * @param value the identifier's text, 1 to 160 characters
 */
public record CommandId(@JsonValue String value) {

  @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
  public CommandId {
    if (value == null || value.isBlank() || value.length() > 160) {
      throw new IllegalArgumentException("CommandId must have 1 to 160 characters");
    }
  }

  @Override
  public String toString() {
    return value;
  }
}
