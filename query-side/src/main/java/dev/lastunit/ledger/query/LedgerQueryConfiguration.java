package dev.lastunit.ledger.query;

import dev.lastunit.shared.query.ReadModelGate;
import dev.lastunit.shared.query.replica.ReadModelSource;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import java.time.Duration;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** The reads of the ledger, as beans. */
@Configuration(proxyBeanMethods = false)
public class LedgerQueryConfiguration {

  /**
   * @param settle how long something may stay in clearing before it is overdue; default 2 min
   */
  @Bean
  LedgerReads ledgerReads(
      ReadModelSource source,
      ReadModelGate gate,
      Clock clock,
      @Value("${lastunit.audit.settle-time:PT2M}") Duration settle) {
    return new LedgerReads(source.database(), gate, clock, settle);
  }

  @Bean
  ClearingMetrics clearingMetrics(LedgerReads reads, MeterRegistry meters) {
    return new ClearingMetrics(reads, meters);
  }
}
