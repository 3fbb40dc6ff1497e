package dev.lastunit.payment.query;

import dev.lastunit.shared.query.ReadModelGate;
import dev.lastunit.shared.query.replica.ReadModelSource;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** The reads of payments, as beans. */
@Configuration(proxyBeanMethods = false)
public class PaymentQueryConfiguration {

  @Bean
  PaymentReads paymentReads(ReadModelSource source, ReadModelGate gate) {
    return new PaymentReads(source.database(), gate);
  }

  @Bean
  PaymentQueryHandler paymentQueryHandler(PaymentReads reads) {
    return new PaymentQueryHandler(reads);
  }
}
