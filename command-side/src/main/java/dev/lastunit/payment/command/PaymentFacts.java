package dev.lastunit.payment.command;

import dev.lastunit.payment.api.PaymentStatus;
import dev.lastunit.payment.api.RefundStatus;
import dev.lastunit.shared.api.Money;
import dev.lastunit.shared.api.OrderId;
import dev.lastunit.shared.api.PaymentId;
import dev.lastunit.shared.api.RefundId;
import java.util.ArrayList;
import java.util.List;

/**
 * What decisions about a payment need to know; how the buyer pays is not among it.
 *
 * @param requested what the order costs; null when the payment was abandoned before it was
 *     requested
 * @param chargeId the provider's one charge; null while none is known
 * @param captured what the provider took; null while it took nothing
 * @param refundedAmount minor units given back, 0 to the captured amount
 * @param refunds those that were asked for, in their order; kept for ever, so that a repeat is
 *     recognised however late it comes
 */
record PaymentFacts(
    PaymentId paymentId,
    OrderId orderId,
    PaymentStatus status,
    Money requested,
    String chargeId,
    Money captured,
    long refundedAmount,
    List<Refund> refunds) {

  /**
   * One refund that was asked for.
   *
   * @param amount minor units, at least 1
   */
  record Refund(RefundId id, long amount, RefundStatus status) {

    /** Whether its money has still to go back. */
    boolean outstanding() {
      return status != RefundStatus.REFUNDED;
    }
  }

  boolean knowsOtherCharge(String candidate) {
    return chargeId != null && !chargeId.equals(candidate);
  }

  /** Minor units that the provider took and has not given back. */
  long kept() {
    return captured == null ? 0 : captured.amount() - refundedAmount;
  }

  /** Minor units kept that no refund was asked for; never less than 0. */
  long left() {
    long outstanding = refunds.stream().filter(Refund::outstanding).mapToLong(Refund::amount).sum();
    return Math.max(0, kept() - outstanding);
  }

  /** The refund that was asked for by this identifier; null when none was. */
  Refund refund(RefundId id) {
    for (var refund : refunds) {
      if (refund.id().equals(id)) {
        return refund;
      }
    }
    return null;
  }

  PaymentFacts at(PaymentStatus newStatus) {
    return new PaymentFacts(
        paymentId, orderId, newStatus, requested, chargeId, captured, refundedAmount, refunds);
  }

  PaymentFacts pending(String charge) {
    return new PaymentFacts(
        paymentId, orderId, PaymentStatus.PENDING, requested, charge, null, 0, List.of());
  }

  PaymentFacts authorised(String charge) {
    return new PaymentFacts(
        paymentId, orderId, PaymentStatus.AUTHORISED, requested, charge, null, 0, List.of());
  }

  PaymentFacts captured(String charge, Money amount) {
    return new PaymentFacts(
        paymentId,
        orderId,
        PaymentStatus.CAPTURED,
        requested,
        charge,
        amount,
        refundedAmount,
        refunds);
  }

  PaymentFacts refundAsked(RefundId id, Money amount) {
    var more = new ArrayList<>(refunds);
    more.add(new Refund(id, amount.amount(), RefundStatus.REQUESTED));
    return with(more);
  }

  PaymentFacts refundFailed(RefundId id) {
    return with(refundsWith(id, RefundStatus.FAILED));
  }

  /**
   * Refunded in status once nothing is kept; until then the status stays.
   *
   * @param id null when the money went back without having been asked for by a refund
   */
  PaymentFacts refunded(RefundId id, Money amount) {
    long total = refundedAmount + amount.amount();
    return new PaymentFacts(
        paymentId,
        orderId,
        total == captured.amount() ? PaymentStatus.REFUNDED : status,
        requested,
        chargeId,
        captured,
        total,
        id == null ? refunds : refundsWith(id, RefundStatus.REFUNDED));
  }

  private List<Refund> refundsWith(RefundId id, RefundStatus now) {
    return refunds.stream()
        .map(refund -> refund.id().equals(id) ? new Refund(id, refund.amount(), now) : refund)
        .toList();
  }

  private PaymentFacts with(List<Refund> all) {
    return new PaymentFacts(
        paymentId,
        orderId,
        status,
        requested,
        chargeId,
        captured,
        refundedAmount,
        List.copyOf(all));
  }
}
