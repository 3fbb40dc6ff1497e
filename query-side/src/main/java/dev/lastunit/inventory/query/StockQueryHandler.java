package dev.lastunit.inventory.query;

import dev.lastunit.inventory.api.StockQuery.FindPastAvailability;
import dev.lastunit.inventory.api.StockQuery.PastAvailability;
import java.util.concurrent.CompletableFuture;
import org.axonframework.queryhandling.QueryHandler;

/** Answers questions about stock on the query bus. Never blocks. */
public final class StockQueryHandler {

  private final PastStock past;

  StockQueryHandler(PastStock past) {
    this.past = past;
  }

  /** Fails when the database does; a repeat is safe. */
  @QueryHandler
  CompletableFuture<PastAvailability> handle(FindPastAvailability query) {
    return past.available(query.skus(), query.position()).map(PastAvailability::new).toFuture();
  }
}
