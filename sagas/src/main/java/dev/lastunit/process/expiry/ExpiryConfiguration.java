package dev.lastunit.process.expiry;

import dev.lastunit.process.ProcessSettings;
import dev.lastunit.process.engine.CommandSender;
import dev.lastunit.process.engine.OnSagaRole;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import javax.sql.DataSource;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Conditional;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.transaction.PlatformTransactionManager;

/** Puts the expiry of reservations together. */
@Configuration(proxyBeanMethods = false)
@Conditional(OnSagaRole.class)
class ExpiryConfiguration {

  @Bean
  ReservationDeadlines reservationDeadlines(DataSource dataSource, MeterRegistry meters) {
    return new ReservationDeadlines(new DeadlineStore(new JdbcTemplate(dataSource)), meters);
  }

  @Bean
  ExpirySweeper expirySweeper(
      DataSource dataSource,
      PlatformTransactionManager transactions,
      CommandSender sender,
      Clock clock,
      ProcessSettings settings) {
    return new ExpirySweeper(
        new DeadlineStore(new JdbcTemplate(dataSource)),
        transactions,
        sender,
        clock,
        settings.process().expiryPoll());
  }
}
