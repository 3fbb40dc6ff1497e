package dev.lastunit.payment.api;

/**
 * What readers know of a payment: the fold of its events, the same for every read model and stream.
 * Immutable.
 *
 * <p>The last event tells the status, except that a refund of less than what was taken leaves it as
 * it was, and so does one that is asked for or refused. Amounts are sums in minor units of the
 * payment's one currency.
 *
 * @param status null as long as nothing has happened
 * @param requested whether the money was ever asked for; a payment can be closed before it is
 * @param captured taken in all
 * @param refunded given back in all
 */
public record PaymentProgress(
    PaymentStatus status, boolean requested, long captured, long refunded) {

  /** A payment of which nothing is known. */
  public static final PaymentProgress NONE = new PaymentProgress(null, false, 0, 0);

  /**
   * The progress after one more event of the same payment.
   *
   * @throws ArithmeticException when the sums do not fit
   */
  public PaymentProgress after(PaymentEvent event) {
    return switch (event) {
      case PaymentEvent.PaymentRequested e ->
          new PaymentProgress(PaymentStatus.REQUESTED, true, captured, refunded);
      case PaymentEvent.PaymentPending e -> at(PaymentStatus.PENDING);
      case PaymentEvent.PaymentAuthorised e -> at(PaymentStatus.AUTHORISED);
      case PaymentEvent.PaymentDeclined e -> at(PaymentStatus.DECLINED);
      case PaymentEvent.PaymentCaptureRequested e -> at(PaymentStatus.CAPTURING);
      case PaymentEvent.PaymentCaptured e ->
          new PaymentProgress(
              PaymentStatus.CAPTURED,
              requested,
              Math.addExact(captured, e.amount().amount()),
              refunded);
      case PaymentEvent.PaymentAbandoned e -> at(PaymentStatus.ABANDONED);
      case PaymentEvent.PaymentVoided e -> at(PaymentStatus.VOIDED);
      case PaymentEvent.RefundRequested e -> this;
      case PaymentEvent.RefundFailed e -> this;
      case PaymentEvent.PaymentRefunded e -> {
        long returned = Math.addExact(refunded, e.amount().amount());
        yield new PaymentProgress(
            returned >= captured ? PaymentStatus.REFUNDED : status, requested, captured, returned);
      }
    };
  }

  /** Whether no money of the buyer is held or taken, and none is about to be. */
  public boolean holdsNothing() {
    return switch (status) {
      case null -> true;
      case DECLINED, VOIDED, REFUNDED -> true;
      case ABANDONED -> !requested && captured == refunded;
      case REQUESTED, PENDING, AUTHORISED, CAPTURING, CAPTURED -> false;
    };
  }

  private PaymentProgress at(PaymentStatus next) {
    return new PaymentProgress(next, requested, captured, refunded);
  }
}
