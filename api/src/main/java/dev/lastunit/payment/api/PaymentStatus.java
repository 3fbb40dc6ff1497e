package dev.lastunit.payment.api;

import com.fasterxml.jackson.annotation.JsonProperty;

/** How far a payment has got. */
public enum PaymentStatus {
  /** Asked for; the provider's answer is not known. */
  @JsonProperty("requested")
  REQUESTED("requested"),
  /** The provider has not decided. */
  @JsonProperty("pending")
  PENDING("pending"),
  /** The provider holds the money. */
  @JsonProperty("authorised")
  AUTHORISED("authorised"),
  @JsonProperty("declined")
  DECLINED("declined"),
  /** Authorised, and to be taken. */
  @JsonProperty("capturing")
  CAPTURING("capturing"),
  @JsonProperty("captured")
  CAPTURED("captured"),
  /** Not wanted any more; to be voided or refunded. */
  @JsonProperty("abandoned")
  ABANDONED("abandoned"),
  @JsonProperty("voided")
  VOIDED("voided"),
  @JsonProperty("refunded")
  REFUNDED("refunded");

  private final String text;

  PaymentStatus(String text) {
    this.text = text;
  }

  /** The word that clients see. */
  public String text() {
    return text;
  }
}
