package dev.lastunit.shared.api;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;

/**
 * Identifies one refund of a payment, so that it is given back once. It is also the idempotency key
 * under which the provider is asked for it.
 *
 * @param value the identifier's text, 1 to 255 visible ASCII characters
 */
public record RefundId(@JsonValue String value) {

  @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
  public RefundId {
    if (value == null
        || value.isEmpty()
        || value.length() > 255
        || !value.chars().allMatch(c -> c > ' ' && c < 0x7f)) {
      throw new IllegalArgumentException("RefundId must have 1 to 255 visible ASCII characters");
    }
  }

  /** The refund of what was returned. */
  public static RefundId of(ReturnId returnId) {
    return new RefundId("rfn-" + returnId.suffix());
  }

  @Override
  public String toString() {
    return value;
  }
}
