package dev.lastunit.catalogue.query;

import dev.lastunit.catalogue.api.CatalogueQuery.FindPrices;
import dev.lastunit.catalogue.api.CatalogueQuery.PricedProduct;
import dev.lastunit.catalogue.api.CatalogueQuery.Prices;
import dev.lastunit.shared.api.Money;
import dev.lastunit.shared.api.Sku;
import dev.lastunit.shared.query.ReadModelGate;
import io.r2dbc.spi.Readable;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.axonframework.queryhandling.QueryHandler;
import org.springframework.r2dbc.core.DatabaseClient;
import reactor.core.publisher.Mono;

/**
 * Answers other contexts what SKUs cost: from memory what is known, the rest by one statement.
 * Thread-safe; never blocks.
 */
final class PricesQueryHandler {

  private static final String PRICES =
      """
      select sku, name, price_amount, price_currency
      from catalogue.product
      where sku = any(:skus)
      """;

  private final DatabaseClient database;
  private final ReadModelGate gate;
  private final KnownPrices known;

  PricesQueryHandler(DatabaseClient database, ReadModelGate gate, KnownPrices known) {
    this.database = database;
    this.gate = gate;
    this.known = known;
  }

  /** Fails with READ_MODEL_BEHIND when the model does not get so far in time; a repeat is safe. */
  @QueryHandler
  CompletableFuture<Prices> handle(FindPrices query) {
    Set<Sku> skus = new HashSet<>(query.skus());
    // In this order: what is found is as of the position, or later.
    boolean newEnough = known.position() >= query.minPosition();
    Map<Sku, PricedProduct> found = newEnough ? known.find(skus) : Map.of();
    if (found.size() == skus.size()) {
      return CompletableFuture.completedFuture(new Prices(List.copyOf(found.values())));
    }
    skus.removeAll(found.keySet());
    return read(skus, query.minPosition())
        .map(
            read -> {
              List<PricedProduct> all = new ArrayList<>(found.values());
              all.addAll(read);
              return new Prices(all);
            })
        .toFuture();
  }

  private Mono<List<PricedProduct>> read(Set<Sku> skus, long minPosition) {
    String[] wanted = skus.stream().map(Sku::value).toArray(String[]::new);
    return gate.reached(CatalogueReads.MODEL, minPosition)
        .flatMap(
            position ->
                database
                    .sql(PRICES)
                    .bind("skus", wanted)
                    .map(PricesQueryHandler::product)
                    .all()
                    .collectList()
                    .doOnNext(products -> known.read(products, position)));
  }

  private static PricedProduct product(Readable row) {
    return new PricedProduct(
        new Sku(row.get("sku", String.class)),
        row.get("name", String.class),
        new Money(row.get("price_amount", Long.class), row.get("price_currency", String.class)));
  }
}
