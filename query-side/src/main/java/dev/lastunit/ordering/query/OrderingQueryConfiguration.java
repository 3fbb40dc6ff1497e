package dev.lastunit.ordering.query;

import dev.lastunit.shared.api.LiveEvents;
import dev.lastunit.shared.api.Positions;
import dev.lastunit.shared.query.ReadModelGate;
import dev.lastunit.shared.query.store.StoredEvents;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.r2dbc.core.DatabaseClient;

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
  OrderReads orderReads(
      DatabaseClient database, ReadModelGate gate, Positions positions, RecentOrders recent) {
    return new OrderReads(database, gate, positions, recent);
  }

  @Bean
  OrderStream orderStream(StoredEvents store, LiveEvents live) {
    return new OrderStream(store, live);
  }

  @Bean
  OrderQueryHandler orderQueryHandler(OrderReads reads) {
    return new OrderQueryHandler(reads);
  }
}
