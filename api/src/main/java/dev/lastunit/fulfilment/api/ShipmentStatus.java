package dev.lastunit.fulfilment.api;

import com.fasterxml.jackson.annotation.JsonProperty;

/** How far a shipment has got. */
public enum ShipmentStatus {
  @JsonProperty("prepared")
  PREPARED("prepared"),
  @JsonProperty("dispatched")
  DISPATCHED("dispatched"),
  @JsonProperty("delivered")
  DELIVERED("delivered"),
  @JsonProperty("cancelled")
  CANCELLED("cancelled");

  private final String text;

  ShipmentStatus(String text) {
    this.text = text;
  }

  /** The word that clients see. */
  public String text() {
    return text;
  }
}
