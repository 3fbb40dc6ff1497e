package dev.lastunit.process.reconciliation;

import dev.lastunit.ordering.api.OrderQuery.FindOrder;
import dev.lastunit.ordering.api.OrderQuery.OrderView;
import dev.lastunit.payment.api.PaymentQuery.FindPayments;
import dev.lastunit.payment.api.PaymentQuery.FindPaymentsOpened;
import dev.lastunit.payment.api.PaymentQuery.PaymentRecord;
import dev.lastunit.payment.api.PaymentQuery.PaymentRecords;
import dev.lastunit.shared.api.OrderId;
import dev.lastunit.shared.api.PaymentId;
import dev.lastunit.shared.api.Positions;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import org.axonframework.queryhandling.QueryGateway;

/** Our books over the query bus, each time as they are at the store's head. */
final class QueriedBooks implements Books {

  private final QueryGateway queries;
  private final Positions positions;

  QueriedBooks(QueryGateway queries, Positions positions) {
    this.queries = queries;
    this.positions = positions;
  }

  @Override
  public CompletableFuture<List<PaymentRecord>> payments(List<PaymentId> payments) {
    return queries
        .query(new FindPayments(payments, positions.head()), PaymentRecords.class)
        .thenApply(PaymentRecords::payments);
  }

  @Override
  public CompletableFuture<List<PaymentRecord>> opened(
      Instant from, Instant to, PaymentRecord after, int limit) {
    return queries
        .query(
            new FindPaymentsOpened(from, to, after, limit, positions.head()), PaymentRecords.class)
        .thenApply(PaymentRecords::payments);
  }

  @Override
  public CompletableFuture<Boolean> orderExists(OrderId order) {
    return queries
        .query(new FindOrder(order, positions.head()), OrderView.class)
        .thenApply(Objects::nonNull);
  }
}
