package dev.lastunit.payment.command;

import dev.lastunit.payment.api.PaymentCommand.RecordRefund;
import dev.lastunit.payment.api.PaymentCommand.RecordRefundFailure;
import dev.lastunit.payment.api.PaymentCommand.RecordRefundTotal;
import dev.lastunit.payment.api.PaymentCommand.RequestRefund;
import dev.lastunit.payment.api.PaymentEvent;
import dev.lastunit.payment.api.PaymentEvent.PaymentRefunded;
import dev.lastunit.payment.api.PaymentEvent.RefundFailed;
import dev.lastunit.payment.api.PaymentEvent.RefundRequested;
import dev.lastunit.payment.api.PaymentStatus;
import dev.lastunit.payment.api.RefundStatus;
import dev.lastunit.shared.api.Money;
import dev.lastunit.shared.api.RefundId;
import dev.lastunit.shared.api.Result;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * The rules of giving money back. Pure functions.
 *
 * <p><b>Bound.</b> What was given back and what refunds still ask for is never more than what was
 * taken. A refund that failed still counts: it may yet be given back when the provider is asked
 * again.
 *
 * <p><b>Repeats.</b> A refund is known by its identifier for ever. A provider's sum is compared
 * with ours, so that it may be told twice, late, and before or after the refund that it contains.
 * As long as refunds are outstanding nobody can say which of them a sum contains, unless it is
 * everything: then it says nothing, and whoever brought the refund to the provider will tell.
 */
final class RefundRules {

  private RefundRules() {}

  static PaymentDecision<RefundStatus> request(PaymentFacts payment, RequestRefund command) {
    var known = payment.refund(command.refundId());
    if (known != null) {
      return isOf(known.amount(), payment, command.amount())
          ? new PaymentDecision<>(Result.repeated(known.status()), List.of())
          : PaymentDecision.refused("The refund was asked for with another amount", payment);
    }
    if (payment.captured() == null || payment.status() != PaymentStatus.CAPTURED) {
      return PaymentDecision.notAllowed(payment);
    }
    if (!isPartOfCaptured(payment, command.amount())) {
      return PaymentDecision.notAllowed(payment);
    }
    if (command.amount().amount() > payment.left()) {
      return PaymentDecision.refused(
          "Only " + payment.left() + " minor units are left to be given back",
          payment,
          Map.of("left", payment.left()));
    }
    var asked =
        new RefundRequested(
            payment.paymentId(),
            payment.orderId(),
            command.refundId(),
            payment.chargeId(),
            command.amount(),
            command.reason());
    return new PaymentDecision<>(Result.accepted(RefundStatus.REQUESTED), List.of(asked));
  }

  static PaymentDecision<PaymentStatus> refunded(PaymentFacts payment, RecordRefund command) {
    if (payment.knowsOtherCharge(command.chargeId())) {
      return PaymentDecision.otherCharge(payment);
    }
    var known = payment.refund(command.refundId());
    if (known == null) {
      return PaymentDecision.notAllowed(payment);
    }
    if (!isOf(known.amount(), payment, command.amount())) {
      return PaymentDecision.refused("The refund was asked for with another amount", payment);
    }
    if (!known.outstanding()) {
      return PaymentDecision.unchanged(payment);
    }
    return known.amount() <= payment.kept()
        ? PaymentDecision.recorded(
            payment, List.of(event(payment, known.amount(), command.refundId())))
        : PaymentDecision.notAllowed(payment);
  }

  static PaymentDecision<PaymentStatus> failed(PaymentFacts payment, RecordRefundFailure command) {
    var known = payment.refund(command.refundId());
    if (known == null) {
      return PaymentDecision.notAllowed(payment);
    }
    return known.status() == RefundStatus.REQUESTED
        ? PaymentDecision.recorded(
            payment,
            List.of(
                new RefundFailed(
                    payment.paymentId(), payment.orderId(), command.refundId(), command.code())))
        : PaymentDecision.unchanged(payment);
  }

  static PaymentDecision<PaymentStatus> total(PaymentFacts payment, RecordRefundTotal command) {
    if (payment.knowsOtherCharge(command.chargeId())) {
      return PaymentDecision.otherCharge(payment);
    }
    if (!isPartOfCaptured(payment, command.total())) {
      return PaymentDecision.notAllowed(payment);
    }
    long fresh = command.total().amount() - payment.refundedAmount();
    var outstanding = payment.refunds().stream().filter(PaymentFacts.Refund::outstanding).toList();
    boolean everything = command.total().equals(payment.captured());
    if (fresh <= 0 || !outstanding.isEmpty() && !everything) {
      return PaymentDecision.unchanged(payment);
    }
    var events = new ArrayList<PaymentEvent>();
    for (var refund : outstanding) {
      // More than was taken is asked for only when somebody gave money back by other means.
      long amount = Math.min(fresh, refund.amount());
      if (amount > 0) {
        events.add(event(payment, amount, refund.id()));
        fresh -= amount;
      }
    }
    if (fresh > 0) {
      events.add(event(payment, fresh, null));
    }
    return PaymentDecision.recorded(payment, events);
  }

  private static boolean isOf(long refundAmount, PaymentFacts payment, Money amount) {
    return amount.equals(new Money(refundAmount, payment.captured().currency()));
  }

  private static boolean isPartOfCaptured(PaymentFacts payment, Money amount) {
    var captured = payment.captured();
    return captured != null
        && captured.currency().equals(amount.currency())
        && amount.amount() >= 1
        && amount.amount() <= captured.amount();
  }

  private static PaymentRefunded event(PaymentFacts payment, long amount, RefundId refundId) {
    return new PaymentRefunded(
        payment.paymentId(),
        payment.orderId(),
        payment.chargeId(),
        new Money(amount, payment.captured().currency()),
        refundId);
  }
}
