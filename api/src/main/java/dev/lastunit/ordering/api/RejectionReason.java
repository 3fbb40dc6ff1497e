package dev.lastunit.ordering.api;

import com.fasterxml.jackson.annotation.JsonProperty;

/** Why an order came to nothing without its buyer's doing. */
public enum RejectionReason {
  @JsonProperty("out-of-stock")
  OUT_OF_STOCK("out-of-stock"),
  @JsonProperty("payment-declined")
  PAYMENT_DECLINED("payment-declined"),
  @JsonProperty("reservation-expired")
  RESERVATION_EXPIRED("reservation-expired");

  private final String text;

  RejectionReason(String text) {
    this.text = text;
  }

  /** The word that clients see. */
  public String text() {
    return text;
  }
}
