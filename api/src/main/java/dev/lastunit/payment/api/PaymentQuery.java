package dev.lastunit.payment.api;

import dev.lastunit.shared.api.Money;
import dev.lastunit.shared.api.OrderId;
import dev.lastunit.shared.api.PaymentId;
import java.time.Instant;
import java.util.List;

/** Questions about payments, over Axon's query bus; each is answered by {@link PaymentRecords}. */
public sealed interface PaymentQuery {

  /**
   * Payments by their identifiers; those that do not exist are left out.
   *
   * @param paymentIds at most 1,000
   * @param minPosition the read model must have got this far, 0 for any
   */
  record FindPayments(List<PaymentId> paymentIds, long minPosition) implements PaymentQuery {}

  /**
   * Payments by the time of their first event, oldest first.
   *
   * @param from opened then or later
   * @param to opened before
   * @param after the last one that is known already; null to begin with the oldest
   * @param limit at least 1
   * @param minPosition the read model must have got this far, 0 for any
   */
  record FindPaymentsOpened(
      Instant from, Instant to, PaymentRecord after, int limit, long minPosition)
      implements PaymentQuery {}

  /** Some payments. */
  record PaymentRecords(List<PaymentRecord> payments) {

    /** Copies the payments. */
    public PaymentRecords {
      payments = List.copyOf(payments);
    }
  }

  /**
   * A payment as our books have it.
   *
   * @param amount what was asked for; null when it was closed before it was requested, like
   *     captured and refunded
   * @param captured what was taken in all
   * @param refunded what was given back in all
   * @param chargeId the provider's; null before it is known
   * @param openedAt when the first thing happened
   * @param changedAt when the last thing happened
   */
  record PaymentRecord(
      PaymentId paymentId,
      OrderId orderId,
      PaymentStatus status,
      Money amount,
      Money captured,
      Money refunded,
      String chargeId,
      Instant openedAt,
      Instant changedAt) {}
}
