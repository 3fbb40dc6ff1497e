package dev.lastunit.ordering.api;

import com.fasterxml.jackson.annotation.JsonProperty;

/** How far a return has got. */
public enum ReturnStatus {
  /** The units may come back; their money is on its way. */
  @JsonProperty("accepted")
  ACCEPTED("accepted"),
  /** The money is given back, and the units are in stock again if they go there. */
  @JsonProperty("completed")
  COMPLETED("completed");

  private final String text;

  ReturnStatus(String text) {
    this.text = text;
  }

  /** The word that clients see. */
  public String text() {
    return text;
  }
}
