package dev.lastunit.payment.command;

import dev.lastunit.payment.api.PaymentEvent;
import dev.lastunit.payment.api.PaymentStatus;
import dev.lastunit.shared.api.ErrorCode;
import dev.lastunit.shared.api.Result;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What a command to a payment leads to.
 *
 * @param events at most two, but for a report of everything that was given back, which records one
 *     for each refund; empty for repeats and refusals
 * @param <R> what an accepted command answers
 */
record PaymentDecision<R>(Result<R> result, List<PaymentEvent> events) {

  /** Accepted with the status after these events; a repeat when there are none. */
  static PaymentDecision<PaymentStatus> recorded(PaymentFacts payment, List<PaymentEvent> events) {
    if (events.isEmpty()) {
      return unchanged(payment);
    }
    var after = payment;
    for (var event : events) {
      after = PaymentRules.evolve(after, event);
    }
    return new PaymentDecision<>(Result.accepted(after.status()), List.copyOf(events));
  }

  static PaymentDecision<PaymentStatus> unchanged(PaymentFacts payment) {
    return new PaymentDecision<>(Result.repeated(payment.status()), List.of());
  }

  static <R> PaymentDecision<R> notAllowed(PaymentFacts payment) {
    return refused(
        "The payment is " + payment.status().text() + " and does not allow this", payment);
  }

  static <R> PaymentDecision<R> otherCharge(PaymentFacts payment) {
    return refused("The payment has another charge already", payment);
  }

  static <R> PaymentDecision<R> refused(String detail, PaymentFacts payment) {
    return refused(detail, payment, Map.of());
  }

  /** Refused with INVALID_TRANSITION, the status, the charge and more facts. */
  static <R> PaymentDecision<R> refused(
      String detail, PaymentFacts payment, Map<String, Object> more) {
    Map<String, Object> facts = new HashMap<>(more);
    facts.put("status", payment.status().text());
    if (payment.chargeId() != null) {
      facts.put("chargeId", payment.chargeId());
    }
    return new PaymentDecision<>(
        Result.refused(ErrorCode.INVALID_TRANSITION, detail, facts), List.of());
  }
}
