package dev.lastunit.inventory.query;

import dev.lastunit.shared.query.ReadModelGate;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.r2dbc.core.DatabaseClient;

/** The inventory's reads as beans; its controllers are found by scanning. */
@Configuration(proxyBeanMethods = false)
public class InventoryQueryConfiguration {

  @Bean
  InventoryReads inventoryReads(DatabaseClient database, ReadModelGate gate) {
    return new InventoryReads(database, gate);
  }
}
