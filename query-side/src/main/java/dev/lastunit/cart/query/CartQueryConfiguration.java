package dev.lastunit.cart.query;

import dev.lastunit.shared.query.ReadModelGate;
import dev.lastunit.shared.query.replica.ReadModelSource;
import dev.lastunit.shared.query.store.PastReads;
import org.axonframework.queryhandling.QueryGateway;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** The carts' reads as beans; their controller is found by scanning. */
@Configuration(proxyBeanMethods = false)
public class CartQueryConfiguration {

  @Bean
  CartQueryHandler cartQueryHandler(
      ReadModelSource source, ReadModelGate gate, QueryGateway queries) {
    return new CartQueryHandler(source.database(), gate, queries);
  }

  @Bean
  PastCarts pastCarts(PastReads past, QueryGateway queries) {
    return new PastCarts(past, queries);
  }
}
