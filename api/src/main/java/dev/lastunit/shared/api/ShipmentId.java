package dev.lastunit.shared.api;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Identifies a shipment of one order from one location; derived from both, and of the later ones
 * when a part was sent before, from the one before.
 *
 * @param value the identifier's text, 1 to 160 characters
 */
public record ShipmentId(@JsonValue String value) {

  private static final Pattern PART = Pattern.compile("(.*)~([1-9][0-9]{0,5})", Pattern.DOTALL);

  @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
  public ShipmentId {
    if (value == null || value.isBlank() || value.length() > 160) {
      throw new IllegalArgumentException("ShipmentId must have 1 to 160 characters");
    }
  }

  /** The shipment of an order from a location. */
  public static ShipmentId of(OrderId orderId, LocationId location) {
    return new ShipmentId("shp-" + orderId.suffix() + "-" + location.value());
  }

  /**
   * The shipment of what stays when a part of this one leaves: {@code …~2} of the first, {@code
   * …~3} of that, and so on.
   */
  public ShipmentId rest() {
    Matcher part = PART.matcher(value);
    return part.matches()
        ? new ShipmentId(part.group(1) + "~" + (Integer.parseInt(part.group(2)) + 1))
        : new ShipmentId(value + "~2");
  }

  /** The shipment's stream in the event store. */
  public String stream() {
    return "shipment-" + value;
  }

  @Override
  public String toString() {
    return value;
  }
}
