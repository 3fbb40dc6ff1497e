package dev.lastunit.fulfilment.query;

import dev.lastunit.shared.query.ReadModelGate;
import dev.lastunit.shared.query.replica.ReadModelSource;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** The reads of shipments, as beans. */
@Configuration(proxyBeanMethods = false)
public class FulfilmentQueryConfiguration {

  @Bean
  ShipmentReads shipmentReads(ReadModelSource source, ReadModelGate gate) {
    return new ShipmentReads(source.database(), gate);
  }
}
