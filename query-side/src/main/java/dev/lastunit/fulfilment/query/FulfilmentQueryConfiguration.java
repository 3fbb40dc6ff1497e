package dev.lastunit.fulfilment.query;

import dev.lastunit.shared.query.ReadModelGate;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.r2dbc.core.DatabaseClient;

/** The reads of shipments, as beans. */
@Configuration(proxyBeanMethods = false)
public class FulfilmentQueryConfiguration {

  @Bean
  ShipmentReads shipmentReads(DatabaseClient database, ReadModelGate gate) {
    return new ShipmentReads(database, gate);
  }
}
