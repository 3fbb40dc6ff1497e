package dev.lastunit.payment.api;

import com.fasterxml.jackson.annotation.JsonProperty;

/** How far one refund of a payment has got. */
public enum RefundStatus {
  /** To be given back; the provider's answer is not known. */
  @JsonProperty("requested")
  REQUESTED,
  /** Given back. */
  @JsonProperty("refunded")
  REFUNDED,
  /** The provider said no; it may still be given back when it is asked again. */
  @JsonProperty("failed")
  FAILED
}
