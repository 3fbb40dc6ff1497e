package dev.lastunit.payment.command;

import static dev.lastunit.payment.api.PaymentStatus.ABANDONED;
import static dev.lastunit.payment.api.PaymentStatus.CAPTURING;
import static dev.lastunit.payment.api.PaymentStatus.DECLINED;
import static dev.lastunit.payment.api.PaymentStatus.REQUESTED;
import static dev.lastunit.payment.api.PaymentStatus.VOIDED;

import dev.lastunit.payment.api.PaymentCommand;
import dev.lastunit.payment.api.PaymentCommand.AbandonPayment;
import dev.lastunit.payment.api.PaymentCommand.RecordAuthorisation;
import dev.lastunit.payment.api.PaymentCommand.RecordCapture;
import dev.lastunit.payment.api.PaymentCommand.RecordDecline;
import dev.lastunit.payment.api.PaymentCommand.RecordPending;
import dev.lastunit.payment.api.PaymentCommand.RecordRefund;
import dev.lastunit.payment.api.PaymentCommand.RecordRefundFailure;
import dev.lastunit.payment.api.PaymentCommand.RecordRefundTotal;
import dev.lastunit.payment.api.PaymentCommand.RecordVoid;
import dev.lastunit.payment.api.PaymentCommand.RequestCapture;
import dev.lastunit.payment.api.PaymentCommand.RequestPayment;
import dev.lastunit.payment.api.PaymentEvent;
import dev.lastunit.payment.api.PaymentEvent.PaymentAbandoned;
import dev.lastunit.payment.api.PaymentEvent.PaymentAuthorised;
import dev.lastunit.payment.api.PaymentEvent.PaymentCaptureRequested;
import dev.lastunit.payment.api.PaymentEvent.PaymentCaptured;
import dev.lastunit.payment.api.PaymentEvent.PaymentDeclined;
import dev.lastunit.payment.api.PaymentEvent.PaymentPending;
import dev.lastunit.payment.api.PaymentEvent.PaymentRefunded;
import dev.lastunit.payment.api.PaymentEvent.PaymentRequested;
import dev.lastunit.payment.api.PaymentEvent.PaymentVoided;
import dev.lastunit.payment.api.PaymentEvent.RefundFailed;
import dev.lastunit.payment.api.PaymentEvent.RefundRequested;
import dev.lastunit.payment.api.PaymentStatus;
import dev.lastunit.shared.api.Money;
import java.util.List;

/**
 * The rules of a payment: what a command does in a state, and what an event makes of it. Pure
 * functions.
 *
 * <p><b>Monotone.</b> A report that says less than is known records nothing and is accepted with
 * the status as it stands, so that reports may come twice and in any order. Whoever reports must
 * look at that status: an authorisation that is answered with declined, abandoned or voided is not
 * wanted, and has to be voided at the provider.
 *
 * <p><b>The last event tells the status,</b> except that a refund of a part leaves it as it was.
 * For that, two reports record two events in one commit: a capture that comes before its
 * authorisation records both, and a capture that nobody wants any more records PaymentCaptured and
 * then PaymentAbandoned, since that money has to go back.
 *
 * <p><b>One charge.</b> A report of a second charge, or of another amount than was requested, is
 * refused with INVALID_TRANSITION: no state of ours can hold it, and a person has to look.
 */
final class PaymentRules {

  private PaymentRules() {}

  /**
   * Decides.
   *
   * @param payment null when the stream has no event yet, which only RequestPayment and
   *     AbandonPayment meet. These are then always recorded: Axon's caching repository cannot hold
   *     an aggregate that has no identifier
   */
  static PaymentDecision<PaymentStatus> decide(
      PaymentFacts payment, PaymentCommand<PaymentStatus> command) {
    return switch (command) {
      case RequestPayment request -> request(payment, request);
      case RecordPending pending -> pending(payment, pending);
      case RecordAuthorisation authorisation -> authorise(payment, authorisation);
      case RecordDecline decline -> decline(payment, decline);
      case RequestCapture capture -> requestCapture(payment, capture);
      case RecordCapture capture -> capture(payment, capture);
      case AbandonPayment abandon -> abandon(payment, abandon);
      case RecordVoid voided -> voided(payment, voided);
      case RecordRefund refund -> RefundRules.refunded(payment, refund);
      case RecordRefundFailure failure -> RefundRules.failed(payment, failure);
      case RecordRefundTotal total -> RefundRules.total(payment, total);
    };
  }

  /** Once abandoned before it was requested, a payment stays closed. */
  private static PaymentDecision<PaymentStatus> request(
      PaymentFacts payment, RequestPayment command) {
    if (payment == null) {
      return recorded(
          null,
          new PaymentRequested(
              command.paymentId(),
              command.orderId(),
              command.customerId(),
              command.amount(),
              command.method(),
              command.token(),
              command.provider()));
    }
    return command.amount().equals(payment.requested()) ? unchanged(payment) : notAllowed(payment);
  }

  private static PaymentDecision<PaymentStatus> pending(
      PaymentFacts payment, RecordPending command) {
    if (payment.knowsOtherCharge(command.chargeId())) {
      return otherCharge(payment);
    }
    return payment.status() == REQUESTED
        ? recorded(
            payment, new PaymentPending(payment.paymentId(), payment.orderId(), command.chargeId()))
        : unchanged(payment);
  }

  private static PaymentDecision<PaymentStatus> authorise(
      PaymentFacts payment, RecordAuthorisation command) {
    if (payment.knowsOtherCharge(command.chargeId())) {
      return otherCharge(payment);
    }
    if (isOtherAmount(payment, command.amount())) {
      return otherAmount(payment);
    }
    return switch (payment.status()) {
      case REQUESTED, PENDING ->
          recorded(
              payment,
              new PaymentAuthorised(
                  payment.paymentId(), payment.orderId(), command.chargeId(), command.amount()));
      case AUTHORISED, CAPTURING, CAPTURED, REFUNDED, DECLINED, ABANDONED, VOIDED ->
          unchanged(payment);
    };
  }

  private static PaymentDecision<PaymentStatus> decline(
      PaymentFacts payment, RecordDecline command) {
    return switch (payment.status()) {
      case REQUESTED, PENDING ->
          recorded(
              payment, new PaymentDeclined(payment.paymentId(), payment.orderId(), command.code()));
      case DECLINED, AUTHORISED, CAPTURING, CAPTURED, REFUNDED, ABANDONED, VOIDED ->
          unchanged(payment);
    };
  }

  private static PaymentDecision<PaymentStatus> requestCapture(
      PaymentFacts payment, RequestCapture command) {
    return switch (payment.status()) {
      case AUTHORISED ->
          recorded(payment, new PaymentCaptureRequested(command.paymentId(), payment.orderId()));
      case CAPTURING, CAPTURED -> unchanged(payment);
      case REQUESTED, PENDING, DECLINED, ABANDONED, VOIDED, REFUNDED -> notAllowed(payment);
    };
  }

  /**
   * Taken money is a fact in every state; where nobody wants it, it is recorded together with its
   * way back.
   */
  private static PaymentDecision<PaymentStatus> capture(
      PaymentFacts payment, RecordCapture command) {
    if (payment.knowsOtherCharge(command.chargeId())) {
      return otherCharge(payment);
    }
    if (isOtherAmount(payment, command.amount())) {
      return otherAmount(payment);
    }
    if (payment.captured() != null) {
      return unchanged(payment);
    }
    var authorised =
        new PaymentAuthorised(
            payment.paymentId(), payment.orderId(), command.chargeId(), command.amount());
    var captured =
        new PaymentCaptured(
            payment.paymentId(), payment.orderId(), command.chargeId(), command.amount());
    return switch (payment.status()) {
      case REQUESTED, PENDING -> recorded(payment, authorised, captured);
      case AUTHORISED, CAPTURING, CAPTURED, REFUNDED -> recorded(payment, captured);
      case DECLINED, ABANDONED, VOIDED ->
          recorded(
              payment,
              captured,
              new PaymentAbandoned(
                  payment.paymentId(),
                  payment.orderId(),
                  "Captured after it was " + payment.status().text()));
    };
  }

  /**
   * Where nothing is or will be held there is nothing to give back, and the end stays what it was.
   */
  private static PaymentDecision<PaymentStatus> abandon(
      PaymentFacts payment, AbandonPayment command) {
    if (payment == null) {
      return recorded(
          null, new PaymentAbandoned(command.paymentId(), command.orderId(), command.reason()));
    }
    return switch (payment.status()) {
      case REQUESTED, PENDING, AUTHORISED, CAPTURING, CAPTURED ->
          recorded(
              payment,
              new PaymentAbandoned(payment.paymentId(), payment.orderId(), command.reason()));
      case DECLINED, ABANDONED, VOIDED, REFUNDED -> unchanged(payment);
    };
  }

  /**
   * Also without our asking: a provider lets an authorisation lapse. Refused as long as taken money
   * is not all back.
   */
  private static PaymentDecision<PaymentStatus> voided(PaymentFacts payment, RecordVoid command) {
    if (payment.kept() > 0) {
      return notAllowed(payment);
    }
    return switch (payment.status()) {
      case REQUESTED, PENDING, AUTHORISED, CAPTURING, CAPTURED, ABANDONED ->
          recorded(payment, new PaymentVoided(command.paymentId(), payment.orderId()));
      case DECLINED, VOIDED, REFUNDED -> unchanged(payment);
    };
  }

  /** Folds one event; never refuses, since what was recorded has happened. */
  static PaymentFacts evolve(PaymentFacts payment, PaymentEvent event) {
    return switch (event) {
      case PaymentRequested requested ->
          new PaymentFacts(
              requested.paymentId(),
              requested.orderId(),
              REQUESTED,
              requested.amount(),
              null,
              null,
              0,
              List.of());
      case PaymentPending pending -> payment.pending(pending.chargeId());
      case PaymentAuthorised authorised -> payment.authorised(authorised.chargeId());
      case PaymentDeclined _ -> payment.at(DECLINED);
      case PaymentCaptureRequested _ -> payment.at(CAPTURING);
      case PaymentCaptured captured -> payment.captured(captured.chargeId(), captured.amount());
      case PaymentAbandoned abandoned ->
          payment == null
              ? new PaymentFacts(
                  abandoned.paymentId(),
                  abandoned.orderId(),
                  ABANDONED,
                  null,
                  null,
                  null,
                  0,
                  List.of())
              : payment.at(ABANDONED);
      case PaymentVoided _ -> payment.at(VOIDED);
      case RefundRequested asked -> payment.refundAsked(asked.refundId(), asked.amount());
      case PaymentRefunded refunded -> payment.refunded(refunded.refundId(), refunded.amount());
      case RefundFailed failed -> payment.refundFailed(failed.refundId());
    };
  }

  private static boolean isOtherAmount(PaymentFacts payment, Money amount) {
    return payment.requested() != null && !payment.requested().equals(amount);
  }

  private static PaymentDecision<PaymentStatus> recorded(
      PaymentFacts payment, PaymentEvent... events) {
    return PaymentDecision.recorded(payment, List.of(events));
  }

  private static PaymentDecision<PaymentStatus> unchanged(PaymentFacts payment) {
    return PaymentDecision.unchanged(payment);
  }

  private static PaymentDecision<PaymentStatus> notAllowed(PaymentFacts payment) {
    return PaymentDecision.notAllowed(payment);
  }

  private static PaymentDecision<PaymentStatus> otherCharge(PaymentFacts payment) {
    return PaymentDecision.otherCharge(payment);
  }

  private static PaymentDecision<PaymentStatus> otherAmount(PaymentFacts payment) {
    return PaymentDecision.refused("The payment was requested for another amount", payment);
  }
}
