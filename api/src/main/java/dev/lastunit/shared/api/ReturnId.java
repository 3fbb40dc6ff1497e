package dev.lastunit.shared.api;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;

/**
 * Identifies one return of units of an order; derived from the order and the request, so that a
 * repeat is the same return.
 *
 * @param value the identifier's text, 1 to 200 visible ASCII characters
 */
public record ReturnId(@JsonValue String value) {

  private static final String PREFIX = "ret-";

  @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
  public ReturnId {
    if (value == null
        || value.isEmpty()
        || value.length() > 200
        || !value.chars().allMatch(c -> c > ' ' && c < 0x7f)) {
      throw new IllegalArgumentException("ReturnId must have 1 to 200 visible ASCII characters");
    }
  }

  /**
   * The return of an order that a request stands for.
   *
   * @param request what tells the requests to one order apart, 1 to 32 characters
   */
  public static ReturnId of(OrderId orderId, String request) {
    return new ReturnId(PREFIX + orderId.suffix() + "-" + request);
  }

  /** The part after the type prefix, shared by the refund that derives from this return. */
  String suffix() {
    return value.startsWith(PREFIX) ? value.substring(PREFIX.length()) : value;
  }

  @Override
  public String toString() {
    return value;
  }
}
