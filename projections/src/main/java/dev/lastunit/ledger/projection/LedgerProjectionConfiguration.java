package dev.lastunit.ledger.projection;

import dev.lastunit.shared.api.EventBatchHandler;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.core.JdbcTemplate;

/** The ledger's event handler as a bean. */
@Configuration(proxyBeanMethods = false)
public class LedgerProjectionConfiguration {

  @Bean
  EventBatchHandler ledgerPostings(JdbcTemplate jdbc) {
    return new LedgerProjection(jdbc);
  }
}
