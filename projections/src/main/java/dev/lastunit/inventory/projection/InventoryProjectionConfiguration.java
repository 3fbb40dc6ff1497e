package dev.lastunit.inventory.projection;

import dev.lastunit.shared.api.EventBatchHandler;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.core.JdbcTemplate;

/** The inventory's event handlers as beans. */
@Configuration(proxyBeanMethods = false)
public class InventoryProjectionConfiguration {

  @Bean
  EventBatchHandler inventoryStock(JdbcTemplate jdbc) {
    return new StockProjection(jdbc);
  }
}
