package dev.lastunit.fulfilment.projection;

import dev.lastunit.shared.api.EventBatchHandler;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.core.JdbcTemplate;

/** The shipments' event handlers as beans. */
@Configuration(proxyBeanMethods = false)
public class FulfilmentProjectionConfiguration {

  @Bean
  EventBatchHandler fulfilmentShipments(JdbcTemplate jdbc) {
    return new ShipmentsProjection(jdbc);
  }
}
