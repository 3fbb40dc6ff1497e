package dev.lastunit.shared.api;

/**
 * Every refusal that a client can meet. The slug is the last part of the problem type, {@code
 * /problems/<slug>} (RFC 9457).
 *
 * <p>{@code retrySafe}: sending the same request again, with the same key where there is one, can
 * succeed and does no harm. {@code outcomeKnown}: the request certainly had no effect, or exactly
 * the effect that the answer states.
 */
public enum ErrorCode {
  MALFORMED_REQUEST("malformed-request", 400, "The request could not be read", false, true),
  INVALID_FIELD("invalid-field", 422, "Some fields are not valid", false, true),
  IDEMPOTENCY_KEY_MISSING(
      "idempotency-key-missing", 400, "An Idempotency-Key is required", false, true),
  IDEMPOTENCY_KEY_INVALID(
      "idempotency-key-invalid", 400, "The Idempotency-Key is not valid", false, true),
  IDEMPOTENCY_KEY_REUSED(
      "idempotency-key-reused",
      422,
      "The Idempotency-Key was used for another request",
      false,
      true),
  UNAUTHENTICATED("unauthenticated", 401, "A valid bearer token is required", false, true),
  FORBIDDEN("forbidden", 403, "The token's roles do not allow this", false, true),
  NOT_FOUND("not-found", 404, "There is no such thing", false, true),
  METHOD_NOT_ALLOWED("method-not-allowed", 405, "The method is not offered here", false, true),
  NOT_ACCEPTABLE("not-acceptable", 406, "No offered format is accepted", false, true),
  PAYLOAD_TOO_LARGE("payload-too-large", 413, "The body is too large", false, true),
  UNSUPPORTED_MEDIA_TYPE(
      "unsupported-media-type", 415, "The body's format is not supported", false, true),
  INVALID_ORDER("invalid-order", 422, "The order is not valid", false, true),
  PRICE_CHANGED("price-changed", 409, "The total is not the expected one", false, true),
  OUT_OF_STOCK("out-of-stock", 409, "There is not enough stock", false, true),
  PAYMENT_DECLINED("payment-declined", 402, "The payment was declined", false, true),
  RESERVATION_EXPIRED(
      "reservation-expired", 409, "The reservation expired before payment", false, true),
  ORDER_CANCELLED("order-cancelled", 409, "The order was cancelled", false, true),
  NOT_CANCELLABLE("not-cancellable", 409, "The order can no longer be cancelled", false, true),
  NOT_RETURNABLE("not-returnable", 409, "These units cannot be returned", false, true),
  CART_CHECKED_OUT("cart-checked-out", 409, "The cart belongs to an order already", false, true),
  CART_CHANGED("cart-changed", 409, "The cart changed while it was ordered", true, true),
  CART_FULL("cart-full", 422, "The cart holds as many lines as it can", false, true),
  INSUFFICIENT_STOCK("insufficient-stock", 409, "Reserved units cannot be taken away", false, true),
  PLAN_MISSING(
      "plan-missing", 409, "The order's other lines decide where the units come from", true, true),
  AMOUNT_TOO_LARGE("amount-too-large", 422, "The amount is too large", false, true),
  RESERVATION_ENDED("reservation-ended", 409, "The reservation has ended", false, true),
  INVALID_TRANSITION(
      "invalid-transition", 409, "The present state does not allow this", false, true),
  INVALID_SIGNATURE("invalid-signature", 401, "The signature is not valid", false, true),
  RATE_LIMITED("rate-limited", 429, "Too many requests", true, true),
  READ_MODEL_BEHIND(
      "read-model-behind", 503, "The read model has not got that far yet", true, true),
  QUERY_TOO_SLOW("query-too-slow", 503, "The search took too long", true, true),
  OVERLOADED("overloaded", 503, "The service is overloaded", true, true),
  OUTCOME_UNKNOWN(
      "outcome-unknown", 504, "The outcome is not known; repeat with the same key", true, false),
  INTERNAL("internal", 500, "Something went wrong on our side", true, false);

  private final String slug;
  private final int status;
  private final String title;
  private final boolean retrySafe;
  private final boolean outcomeKnown;

  ErrorCode(String slug, int status, String title, boolean retrySafe, boolean outcomeKnown) {
    this.slug = slug;
    this.status = status;
    this.title = title;
    this.retrySafe = retrySafe;
    this.outcomeKnown = outcomeKnown;
  }

  /** Last part of the problem type, kebab case. */
  public String slug() {
    return slug;
  }

  /** HTTP status. */
  public int status() {
    return status;
  }

  /** Short text for people; the same for every occurrence. */
  public String title() {
    return title;
  }

  public boolean retrySafe() {
    return retrySafe;
  }

  public boolean outcomeKnown() {
    return outcomeKnown;
  }
}
