package dev.lastunit.cart.query;

import dev.lastunit.shared.query.ReadModelGate;
import org.axonframework.queryhandling.QueryGateway;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.r2dbc.core.DatabaseClient;

/** The carts' reads as beans; their controller is found by scanning. */
@Configuration(proxyBeanMethods = false)
public class CartQueryConfiguration {

  @Bean
  CartQueryHandler cartQueryHandler(
      DatabaseClient database, ReadModelGate gate, QueryGateway queries) {
    return new CartQueryHandler(database, gate, queries);
  }
}
