package dev.lastunit.inventory.query;

import dev.lastunit.shared.query.ReadModelGate;
import dev.lastunit.shared.query.replica.ReadModelSource;
import dev.lastunit.shared.query.store.PastReads;
import dev.lastunit.shared.query.store.StoredEvents;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** The inventory's reads as beans; its controllers are found by scanning. */
@Configuration(proxyBeanMethods = false)
public class InventoryQueryConfiguration {

  @Bean
  InventoryReads inventoryReads(ReadModelSource source, ReadModelGate gate) {
    return new InventoryReads(source.database(), gate);
  }

  @Bean
  PastStock pastStock(StoredEvents store, PastReads past) {
    return new PastStock(store, past);
  }

  @Bean
  StockQueryHandler stockQueryHandler(PastStock past) {
    return new StockQueryHandler(past);
  }
}
