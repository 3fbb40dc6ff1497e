package dev.lastunit.payment.api;

import dev.lastunit.shared.api.Command;
import dev.lastunit.shared.api.CustomerId;
import dev.lastunit.shared.api.Money;
import dev.lastunit.shared.api.OrderId;
import dev.lastunit.shared.api.PaymentId;
import dev.lastunit.shared.api.RefundId;

/**
 * What can be asked of, or reported to, a payment. All are safe to repeat and to arrive out of
 * order: a report that says less than is known already changes nothing. A command that the state
 * does not allow is refused with INVALID_TRANSITION.
 */
public sealed interface PaymentCommand<R> extends Command<R> {

  PaymentId paymentId();

  @Override
  default String stream() {
    return paymentId().stream();
  }

  /** Asks for the money to be authorised. */
  record RequestPayment(
      PaymentId paymentId,
      OrderId orderId,
      CustomerId customerId,
      Money amount,
      String method,
      String token,
      String provider)
      implements PaymentCommand<PaymentStatus> {}

  /** The provider has the charge and has not decided. */
  record RecordPending(PaymentId paymentId, String chargeId)
      implements PaymentCommand<PaymentStatus> {}

  /** The provider holds the money for us. */
  record RecordAuthorisation(PaymentId paymentId, String chargeId, Money amount)
      implements PaymentCommand<PaymentStatus> {}

  /** The provider said no, or certainly has no charge. */
  record RecordDecline(PaymentId paymentId, String code) implements PaymentCommand<PaymentStatus> {}

  /** Asks for the authorised money to be taken. */
  record RequestCapture(PaymentId paymentId) implements PaymentCommand<PaymentStatus> {}

  /** The provider has taken the money. */
  record RecordCapture(PaymentId paymentId, String chargeId, Money amount)
      implements PaymentCommand<PaymentStatus> {}

  /**
   * The order came to nothing: whatever was or will be held or taken goes back. Accepted in every
   * state. When the payment was never requested, it is closed so that it never will be.
   */
  record AbandonPayment(PaymentId paymentId, OrderId orderId, String reason)
      implements PaymentCommand<PaymentStatus> {}

  /** The provider holds nothing any more and has taken nothing. */
  record RecordVoid(PaymentId paymentId) implements PaymentCommand<PaymentStatus> {}

  /**
   * Asks for a part of the taken money, or all of it, to be given back. Refused unless the money
   * was taken and the order goes ahead, and when the amount is more than what is left: taken, not
   * given back, and not asked for by another refund (fact {@code left}, minor units).
   *
   * @param refundId the same for a repeat, which must be for the same amount
   * @param reason for people; never null
   */
  record RequestRefund(PaymentId paymentId, RefundId refundId, Money amount, String reason)
      implements PaymentCommand<RefundStatus> {}

  /**
   * The provider has given back what a refund asked for.
   *
   * @param amount that of the refund
   */
  record RecordRefund(PaymentId paymentId, String chargeId, RefundId refundId, Money amount)
      implements PaymentCommand<PaymentStatus> {}

  /**
   * The provider will not give back what a refund asked for. Changes nothing once it is given back.
   *
   * @param code the provider's reason, a short word
   */
  record RecordRefundFailure(PaymentId paymentId, RefundId refundId, String code)
      implements PaymentCommand<PaymentStatus> {}

  /**
   * The provider has given back this much in all, by our refunds or by other hands. What is new of
   * it is recorded as a refund without an identifier when no refund is outstanding; when it is
   * everything that was taken, it is recorded for the outstanding refunds first. Otherwise nothing
   * is recorded: what is new may belong to a refund that is under way, which will be reported by
   * its identifier.
   */
  record RecordRefundTotal(PaymentId paymentId, String chargeId, Money total)
      implements PaymentCommand<PaymentStatus> {}
}
