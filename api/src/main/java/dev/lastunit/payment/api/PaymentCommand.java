package dev.lastunit.payment.api;

import dev.lastunit.shared.api.Command;
import dev.lastunit.shared.api.CustomerId;
import dev.lastunit.shared.api.Money;
import dev.lastunit.shared.api.OrderId;
import dev.lastunit.shared.api.PaymentId;

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

  /** The provider has given money back: {@code amount} is what this refund returned. */
  record RecordRefund(PaymentId paymentId, String chargeId, Money amount)
      implements PaymentCommand<PaymentStatus> {}
}
