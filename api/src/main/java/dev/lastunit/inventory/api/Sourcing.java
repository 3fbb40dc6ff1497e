package dev.lastunit.inventory.api;

import com.fasterxml.jackson.annotation.JsonProperty;

/**
 * Which locations give the units of a reservation. Where a rule leaves a choice, the nearer
 * location gives first, and else the one that first held the SKU.
 */
public enum Sourcing {
  /** In the order in which the locations first held the SKU. */
  @JsonProperty("priority")
  PRIORITY,
  /** The nearest to the buyer first; those whose distance is not known come last. */
  @JsonProperty("nearest")
  NEAREST,
  /**
   * With as few further shipments of the order as possible, then from as few locations as possible.
   */
  @JsonProperty("fewest-shipments")
  FEWEST_SHIPMENTS
}
