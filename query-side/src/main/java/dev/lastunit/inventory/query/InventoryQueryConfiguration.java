package dev.lastunit.inventory.query;

import dev.lastunit.shared.query.ReadModelGate;
import dev.lastunit.shared.query.replica.ReadModelSource;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** The inventory's reads as beans; its controllers are found by scanning. */
@Configuration(proxyBeanMethods = false)
public class InventoryQueryConfiguration {

  @Bean
  InventoryReads inventoryReads(ReadModelSource source, ReadModelGate gate) {
    return new InventoryReads(source.database(), gate);
  }
}
