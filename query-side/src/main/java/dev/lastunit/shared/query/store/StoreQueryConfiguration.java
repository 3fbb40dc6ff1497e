package dev.lastunit.shared.query.store;

import dev.lastunit.shared.api.LiveEvents;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.r2dbc.core.DatabaseClient;

/** The event store's readers, as beans. */
@Configuration(proxyBeanMethods = false)
public class StoreQueryConfiguration {

  @Bean
  StoredEvents storedEvents(DatabaseClient database) {
    return new StoredEvents(database);
  }

  @Bean
  PastReads pastReads(StoredEvents store) {
    return new PastReads(store);
  }

  @Bean
  EventFollower eventFollower(StoredEvents store, LiveEvents live) {
    return new EventFollower(store, live);
  }
}
