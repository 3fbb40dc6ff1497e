package dev.lastunit.process.reconciliation;

import dev.lastunit.payment.api.PaymentQuery.PaymentRecord;
import dev.lastunit.shared.api.OrderId;
import dev.lastunit.shared.api.PaymentId;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * Our side of the comparison. What is answered holds everything that was recorded before the call;
 * a call fails when that takes too long, and a repeat is safe. Never blocks.
 */
interface Books {

  /** Payments by their identifiers; those that do not exist are left out. */
  CompletableFuture<List<PaymentRecord>> payments(List<PaymentId> payments);

  /**
   * Payments by the time of their first event, oldest first.
   *
   * @param after the last one of the page before; null for the first page
   */
  CompletableFuture<List<PaymentRecord>> opened(
      Instant from, Instant to, PaymentRecord after, int limit);

  /** Whether there is such an order. */
  CompletableFuture<Boolean> orderExists(OrderId order);
}
