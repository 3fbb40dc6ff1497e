package dev.lastunit.process.reconciliation;

import dev.lastunit.process.ProcessSettings;
import dev.lastunit.process.engine.Backoff;
import dev.lastunit.process.engine.CommandSender;
import dev.lastunit.process.engine.OnSagaRole;
import dev.lastunit.process.payment.PaymentProvider;
import dev.lastunit.shared.api.NodeName;
import dev.lastunit.shared.api.Positions;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import java.time.Duration;
import java.util.Random;
import javax.sql.DataSource;
import org.axonframework.queryhandling.QueryGateway;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Conditional;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.transaction.PlatformTransactionManager;

/** Puts reconciliation together. */
@Configuration(proxyBeanMethods = false)
@Conditional(OnSagaRole.class)
@EnableConfigurationProperties({ProcessSettings.class, ReconciliationSettings.class})
class ReconciliationConfiguration {

  private static final Duration FIRST_PAUSE = Duration.ofSeconds(1);
  private static final Duration LONGEST_PAUSE = Duration.ofMinutes(1);

  @Bean
  RunStore reconciliationRuns(DataSource dataSource) {
    return new RunStore(new JdbcTemplate(dataSource));
  }

  @Bean
  DifferenceStore reconciliationDifferences(DataSource dataSource) {
    return new DifferenceStore(new JdbcTemplate(dataSource));
  }

  @Bean
  Reconciler reconciler(
      RunStore runs,
      DifferenceStore differences,
      PlatformTransactionManager transactions,
      ObjectProvider<PaymentProvider> providers,
      QueryGateway queries,
      Positions positions,
      CommandSender sender,
      ReconciliationSettings settings,
      ProcessSettings processes,
      NodeName node,
      Clock clock,
      MeterRegistry meters) {
    PaymentProvider provider =
        providers.stream()
            .filter(one -> one.name().equals(processes.payment().provider()))
            .findFirst()
            .orElseThrow(
                () ->
                    new IllegalStateException(
                        "There is no payment provider " + processes.payment().provider()));
    Books books = new QueriedBooks(queries, positions);
    return new Reconciler(
        runs,
        differences,
        transactions,
        provider,
        books,
        new Healing(provider, books, sender),
        settings,
        new Backoff(FIRST_PAUSE, LONGEST_PAUSE, new Random()),
        node.value(),
        clock,
        meters);
  }

  @Bean
  Reconciliations reconciliations(
      RunStore runs, DifferenceStore differences, Reconciler reconciler, Clock clock) {
    return new Reconciliations(runs, differences, reconciler, clock);
  }

  @Bean
  ParkedDifferences parkedDifferences(
      DifferenceStore differences,
      PlatformTransactionManager transactions,
      Reconciler reconciler,
      Clock clock) {
    return new ParkedDifferences(differences, transactions, reconciler, clock);
  }
}
