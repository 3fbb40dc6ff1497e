package dev.lastunit.payment.query;

import dev.lastunit.shared.query.ReadModelGate;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.r2dbc.core.DatabaseClient;

/** The reads of payments, as beans. */
@Configuration(proxyBeanMethods = false)
public class PaymentQueryConfiguration {

  @Bean
  PaymentReads paymentReads(DatabaseClient database, ReadModelGate gate) {
    return new PaymentReads(database, gate);
  }
}
