package dev.lastunit.operations.api;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;

/**
 * Identifies one run of reconciliation.
 *
 * @param value the identifier's text, 1 to 100 characters
 */
public record ReconciliationId(@JsonValue String value) {

  @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
  public ReconciliationId {
    if (value == null || value.isBlank() || value.length() > 100) {
      throw new IllegalArgumentException("ReconciliationId must have 1 to 100 characters");
    }
  }

  @Override
  public String toString() {
    return value;
  }
}
