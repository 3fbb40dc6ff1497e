package dev.lastunit.inventory.api;

import com.fasterxml.jackson.annotation.JsonProperty;

/** Which locations give the units of a reservation. */
public enum Sourcing {
  /** In the order in which the locations first held the SKU. */
  @JsonProperty("priority")
  PRIORITY,
  /** The nearest to the buyer first. */
  @JsonProperty("nearest")
  NEAREST,
  /** As few locations as possible. */
  @JsonProperty("fewest-shipments")
  FEWEST_SHIPMENTS
}
