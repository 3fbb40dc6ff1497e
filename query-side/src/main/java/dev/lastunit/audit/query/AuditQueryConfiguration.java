package dev.lastunit.audit.query;

import dev.lastunit.audit.query.invariants.Grace;
import dev.lastunit.shared.api.EventBatchHandler;
import dev.lastunit.shared.api.Positions;
import dev.lastunit.shared.query.store.StoredEvents;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import java.time.Duration;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** The audit and the projections' metrics, as beans. */
@Configuration(proxyBeanMethods = false)
public class AuditQueryConfiguration {

  /**
   * @param settle how long work under way may take before the audit calls it lost; default 2 min
   */
  @Bean
  InvariantsAudit invariantsAudit(
      StoredEvents store,
      Clock clock,
      @Value("${lastunit.audit.settle-time:PT2M}") Duration settle) {
    return new InvariantsAudit(store, clock, new Grace(settle));
  }

  @Bean
  ProjectionLagMetrics projectionLagMetrics(
      Positions positions, MeterRegistry meters, ObjectProvider<EventBatchHandler> handlers) {
    return new ProjectionLagMetrics(positions, meters, handlers.orderedStream());
  }
}
