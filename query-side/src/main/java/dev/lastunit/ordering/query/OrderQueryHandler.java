package dev.lastunit.ordering.query;

import dev.lastunit.ordering.api.OrderQuery.FindOrder;
import dev.lastunit.ordering.api.OrderQuery.OrderView;
import java.util.concurrent.CompletableFuture;
import org.axonframework.queryhandling.QueryHandler;

/** Answers questions about orders on the query bus. Never blocks. */
public final class OrderQueryHandler {

  private final OrderReads reads;

  OrderQueryHandler(OrderReads reads) {
    this.reads = reads;
  }

  /**
   * The order as a client sees it.
   *
   * @return null when there is none; fails with READ_MODEL_BEHIND when the model does not get as
   *     far as asked in time (a repeat is safe)
   */
  @QueryHandler
  public CompletableFuture<OrderView> handle(FindOrder query) {
    return reads
        .find(query.orderId(), query.minPosition())
        .mapNotNull(OrderReads.Found::value)
        .toFuture();
  }
}
