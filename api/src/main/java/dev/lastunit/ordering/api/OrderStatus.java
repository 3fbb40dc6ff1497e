package dev.lastunit.ordering.api;

import com.fasterxml.jackson.annotation.JsonProperty;

/** How far an order has got. */
public enum OrderStatus {
  @JsonProperty("placed")
  PLACED("placed", false),
  @JsonProperty("reserved")
  RESERVED("reserved", false),
  @JsonProperty("confirmed")
  CONFIRMED("confirmed", true),
  @JsonProperty("shipped")
  SHIPPED("shipped", true),
  @JsonProperty("delivered")
  DELIVERED("delivered", true),
  @JsonProperty("rejected")
  REJECTED("rejected", true),
  @JsonProperty("cancelled")
  CANCELLED("cancelled", true);

  private final String text;
  private final boolean decided;

  OrderStatus(String text, boolean decided) {
    this.text = text;
    this.decided = decided;
  }

  /** The word that clients see. */
  public String text() {
    return text;
  }

  /** Whether the buyer knows what became of the purchase: it is confirmed or came to nothing. */
  public boolean decided() {
    return decided;
  }
}
