package dev.lastunit.catalogue.query;

import dev.lastunit.catalogue.api.CatalogueQuery.FindOffers;
import dev.lastunit.catalogue.api.CatalogueQuery.Offer;
import dev.lastunit.catalogue.api.CatalogueQuery.Offers;
import dev.lastunit.shared.api.Money;
import dev.lastunit.shared.api.Sku;
import dev.lastunit.shared.query.ReadModelGate;
import io.r2dbc.spi.Readable;
import java.util.concurrent.CompletableFuture;
import org.axonframework.queryhandling.QueryHandler;
import org.springframework.r2dbc.core.DatabaseClient;

/**
 * Answers other contexts what SKUs are offered at, however many, by one statement. Thread-safe;
 * never blocks.
 */
final class OffersQueryHandler {

  private static final String OFFERS =
      """
      select p.sku, p.name, p.price_amount, p.price_currency,
        coalesce(a.available, 0) as available
      from catalogue.product p left join catalogue.availability a on a.sku = p.sku
      where p.sku = any(:skus)
      """;

  private final DatabaseClient database;
  private final ReadModelGate gate;

  OffersQueryHandler(DatabaseClient database, ReadModelGate gate) {
    this.database = database;
    this.gate = gate;
  }

  /** Fails with READ_MODEL_BEHIND when the model does not get so far in time; a repeat is safe. */
  @QueryHandler
  CompletableFuture<Offers> handle(FindOffers query) {
    String[] skus = query.skus().stream().map(Sku::value).distinct().toArray(String[]::new);
    return gate.reached(CatalogueReads.MODEL, query.minPosition())
        .flatMap(
            position ->
                database
                    .sql(OFFERS)
                    .bind("skus", skus)
                    .map(OffersQueryHandler::offer)
                    .all()
                    .collectList())
        .map(Offers::new)
        .toFuture();
  }

  private static Offer offer(Readable row) {
    return new Offer(
        new Sku(row.get("sku", String.class)),
        row.get("name", String.class),
        new Money(row.get("price_amount", Long.class), row.get("price_currency", String.class)),
        Availability.of(row.get("available", Long.class)).available());
  }
}
