package dev.lastunit.catalogue.query;

import dev.lastunit.shared.query.ReadModelGate;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.r2dbc.core.DatabaseClient;

/** The catalogue's reads as beans; its controllers are found by scanning. */
@Configuration(proxyBeanMethods = false)
public class CatalogueQueryConfiguration {

  @Bean
  CatalogueReads catalogueReads(DatabaseClient database, ReadModelGate gate) {
    return new CatalogueReads(database, gate);
  }

  @Bean
  OffersQueryHandler offersQueryHandler(DatabaseClient database, ReadModelGate gate) {
    return new OffersQueryHandler(database, gate);
  }
}
