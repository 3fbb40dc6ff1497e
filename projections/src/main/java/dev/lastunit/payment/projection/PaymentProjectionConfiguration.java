package dev.lastunit.payment.projection;

import dev.lastunit.shared.api.EventBatchHandler;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.core.JdbcTemplate;

/** The payments' event handlers as beans. */
@Configuration(proxyBeanMethods = false)
public class PaymentProjectionConfiguration {

  @Bean
  EventBatchHandler paymentPayments(JdbcTemplate jdbc) {
    return new PaymentsProjection(jdbc);
  }
}
