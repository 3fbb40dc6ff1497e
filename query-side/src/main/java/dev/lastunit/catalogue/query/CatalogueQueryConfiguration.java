package dev.lastunit.catalogue.query;

import dev.lastunit.catalogue.query.search.ProductSearch;
import dev.lastunit.shared.api.LiveEvents;
import dev.lastunit.shared.api.Positions;
import dev.lastunit.shared.query.ReadModelGate;
import dev.lastunit.shared.query.replica.ReadModelSource;
import dev.lastunit.shared.query.store.StoredEvents;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.r2dbc.core.DatabaseClient;
import org.springframework.util.unit.DataSize;
import tools.jackson.databind.json.JsonMapper;

/** The catalogue's reads as beans; its controllers are found by scanning. */
@Configuration(proxyBeanMethods = false)
public class CatalogueQueryConfiguration {

  @Bean
  CatalogueReads catalogueReads(ReadModelSource source, ReadModelGate gate, ProductSearch search) {
    return new CatalogueReads(source.database(), gate, search);
  }

  @Bean
  ProductPages productPages(
      ReadModelSource source,
      ReadModelGate gate,
      LiveEvents live,
      JsonMapper json,
      @Value("${lastunit.catalogue.pages-memory:64MB}") String memory) {
    ProductPages pages =
        new ProductPages(
            new ProductRows(source.database(), json),
            gate,
            source.positions(),
            DataSize.parse(memory).toBytes());
    pages.follow(live);
    return pages;
  }

  @Bean
  KnownPrices knownPrices(
      LiveEvents live, @Value("${lastunit.catalogue.known-prices:200000}") long size) {
    KnownPrices known = new KnownPrices(size);
    known.follow(live);
    return known;
  }

  /** In the primary: orders and carts are written by these, and no write waits for a replica. */
  @Bean
  PricesQueryHandler pricesQueryHandler(
      DatabaseClient database, Positions positions, KnownPrices known) {
    return new PricesQueryHandler(database, new ReadModelGate(positions), known);
  }

  @Bean
  OffersQueryHandler offersQueryHandler(ReadModelSource source, ReadModelGate gate) {
    return new OffersQueryHandler(source.database(), gate);
  }

  @Bean
  PastPricesQueryHandler pastPricesQueryHandler(StoredEvents store) {
    return new PastPricesQueryHandler(store);
  }
}
