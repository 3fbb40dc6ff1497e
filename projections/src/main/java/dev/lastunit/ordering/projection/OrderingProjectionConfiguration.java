package dev.lastunit.ordering.projection;

import dev.lastunit.shared.api.EventBatchHandler;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.core.JdbcTemplate;

/** The orders' event handlers as beans. */
@Configuration(proxyBeanMethods = false)
public class OrderingProjectionConfiguration {

  @Bean
  EventBatchHandler orderingOrders(JdbcTemplate jdbc) {
    return new OrdersProjection(jdbc);
  }
}
