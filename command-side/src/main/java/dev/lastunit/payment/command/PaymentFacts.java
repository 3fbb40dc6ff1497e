package dev.lastunit.payment.command;

import dev.lastunit.payment.api.PaymentStatus;
import dev.lastunit.shared.api.Money;
import dev.lastunit.shared.api.OrderId;
import dev.lastunit.shared.api.PaymentId;

/**
 * What decisions about a payment need to know; how the buyer pays is not among it.
 *
 * @param requested what the order costs; null when the payment was abandoned before it was
 *     requested
 * @param chargeId the provider's one charge; null while none is known
 * @param captured what the provider took; null while it took nothing
 * @param refundedAmount minor units given back, 0 to the captured amount
 */
record PaymentFacts(
    PaymentId paymentId,
    OrderId orderId,
    PaymentStatus status,
    Money requested,
    String chargeId,
    Money captured,
    long refundedAmount) {

  boolean knowsOtherCharge(String candidate) {
    return chargeId != null && !chargeId.equals(candidate);
  }

  /** Minor units that the provider took and has not given back. */
  long kept() {
    return captured == null ? 0 : captured.amount() - refundedAmount;
  }

  PaymentFacts at(PaymentStatus newStatus) {
    return new PaymentFacts(
        paymentId, orderId, newStatus, requested, chargeId, captured, refundedAmount);
  }

  PaymentFacts pending(String charge) {
    return new PaymentFacts(paymentId, orderId, PaymentStatus.PENDING, requested, charge, null, 0);
  }

  PaymentFacts authorised(String charge) {
    return new PaymentFacts(
        paymentId, orderId, PaymentStatus.AUTHORISED, requested, charge, null, 0);
  }

  PaymentFacts captured(String charge, Money amount) {
    return new PaymentFacts(
        paymentId, orderId, PaymentStatus.CAPTURED, requested, charge, amount, refundedAmount);
  }

  /** Refunded in status once nothing is kept; until then the status stays. */
  PaymentFacts refunded(Money amount) {
    long total = refundedAmount + amount.amount();
    return new PaymentFacts(
        paymentId,
        orderId,
        total == captured.amount() ? PaymentStatus.REFUNDED : status,
        requested,
        chargeId,
        captured,
        total);
  }
}
