package dev.lastunit.payment.query;

import dev.lastunit.payment.api.PaymentQuery.FindPayments;
import dev.lastunit.payment.api.PaymentQuery.FindPaymentsOpened;
import dev.lastunit.payment.api.PaymentQuery.PaymentRecords;
import java.util.concurrent.CompletableFuture;
import org.axonframework.queryhandling.QueryHandler;

/** Answers questions about payments on the query bus. Never blocks. */
public final class PaymentQueryHandler {

  private final PaymentReads reads;

  PaymentQueryHandler(PaymentReads reads) {
    this.reads = reads;
  }

  /**
   * The payments of these identifiers.
   *
   * @return fails with READ_MODEL_BEHIND when the model does not get as far as asked in time (a
   *     repeat is safe)
   */
  @QueryHandler
  public CompletableFuture<PaymentRecords> handle(FindPayments query) {
    return reads.records(query.paymentIds(), query.minPosition()).toFuture();
  }

  /** The payments that were opened in a time; errors are the same. */
  @QueryHandler
  public CompletableFuture<PaymentRecords> handle(FindPaymentsOpened query) {
    return reads.opened(query).toFuture();
  }
}
