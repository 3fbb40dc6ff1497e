package dev.lastunit.catalogue.query;

import dev.lastunit.catalogue.api.CatalogueQuery.FindPastPrices;
import dev.lastunit.catalogue.api.CatalogueQuery.PricedProduct;
import dev.lastunit.catalogue.api.CatalogueQuery.Prices;
import dev.lastunit.catalogue.api.ProductEvent;
import dev.lastunit.catalogue.api.ProductEvent.ProductAdded;
import dev.lastunit.catalogue.api.ProductEvent.ProductChanged;
import dev.lastunit.catalogue.api.ProductEvent.ProductDelisted;
import dev.lastunit.shared.query.store.StoredEvent;
import dev.lastunit.shared.query.store.StoredEvents;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.axonframework.queryhandling.QueryHandler;

/**
 * Answers other contexts what products were called and cost: each one's last event until then says
 * all of it. One statement, however many. Thread-safe; never blocks.
 */
final class PastPricesQueryHandler {

  private final StoredEvents store;

  PastPricesQueryHandler(StoredEvents store) {
    this.store = store;
  }

  /** Fails when the database does; a repeat is safe. */
  @QueryHandler
  CompletableFuture<Prices> handle(FindPastPrices query) {
    List<String> streams =
        query.skus().stream().distinct().map(sku -> "product-" + sku.value()).toList();
    return store
        .lastOfStreams(streams, query.position())
        .map(events -> new Prices(events.stream().flatMap(PastPricesQueryHandler::priced).toList()))
        .toFuture();
  }

  private static Stream<PricedProduct> priced(StoredEvent stored) {
    return stored.event() instanceof ProductEvent event
        ? switch (event) {
          case ProductAdded e ->
              Stream.of(new PricedProduct(e.sku(), e.details().name(), e.details().price()));
          case ProductChanged e ->
              Stream.of(new PricedProduct(e.sku(), e.details().name(), e.details().price()));
          case ProductDelisted _ -> Stream.empty();
        }
        : Stream.empty();
  }
}
