package dev.lastunit.catalogue.query.search;

import java.util.Collection;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.springframework.r2dbc.core.DatabaseClient;

/**
 * Reads units by one statement. Blocks, and so is for the thread of the index alone, which nobody
 * but the index waits for.
 */
final class StockLevelReads implements StockLevels {

  private static final long PATIENCE_SECONDS = 30;

  private static final String AVAILABLE =
      "select sku, available from catalogue.availability where sku = any(cast(:skus as text[]))";

  private final DatabaseClient database;

  StockLevelReads(DatabaseClient database) {
    this.database = database;
  }

  @Override
  public Map<String, Long> of(Collection<String> skus) {
    if (skus.isEmpty()) {
      return Map.of();
    }
    try {
      return database
          .sql(AVAILABLE)
          .bind("skus", skus.toArray(String[]::new))
          .map(row -> Map.entry(row.get("sku", String.class), row.get("available", Long.class)))
          .all()
          .collectMap(Map.Entry::getKey, Map.Entry::getValue)
          .toFuture()
          .get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("Interrupted while reading stock", e);
    } catch (ExecutionException | TimeoutException e) {
      throw new IllegalStateException("Stock could not be read", e);
    }
  }
}
