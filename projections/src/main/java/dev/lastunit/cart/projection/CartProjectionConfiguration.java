package dev.lastunit.cart.projection;

import dev.lastunit.shared.api.EventBatchHandler;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.core.JdbcTemplate;

/** The carts' event handlers as beans. */
@Configuration(proxyBeanMethods = false)
public class CartProjectionConfiguration {

  @Bean
  EventBatchHandler cartCarts(JdbcTemplate jdbc) {
    return new CartsProjection(jdbc);
  }
}
