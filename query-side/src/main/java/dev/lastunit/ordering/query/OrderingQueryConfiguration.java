package dev.lastunit.ordering.query;

import dev.lastunit.shared.api.LiveEvents;
import dev.lastunit.shared.query.ReadModelGate;
import dev.lastunit.shared.query.replica.ReadModelSource;
import dev.lastunit.shared.query.store.PastReads;
import dev.lastunit.shared.query.store.StoredEvents;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** The reads of orders, as beans. */
@Configuration(proxyBeanMethods = false)
public class OrderingQueryConfiguration {

  @Bean
  RecentOrders recentOrders(LiveEvents live) {
    RecentOrders recent = new RecentOrders(RecentOrders.ORDERS, RecentOrders.LINES);
    recent.follow(live);
    return recent;
  }

  @Bean
  OrderReads orderReads(ReadModelSource source, ReadModelGate gate, RecentOrders recent) {
    return new OrderReads(source.database(), gate, source.positions(), recent);
  }

  @Bean
  OrderStream orderStream(StoredEvents store, LiveEvents live) {
    return new OrderStream(store, live);
  }

  @Bean
  PastOrders pastOrders(StoredEvents store, PastReads past) {
    return new PastOrders(store, past);
  }

  @Bean
  OrderQueryHandler orderQueryHandler(OrderReads reads) {
    return new OrderQueryHandler(reads);
  }
}
