package dev.lastunit.process.payment.web;

import dev.lastunit.process.ProcessSettings;
import dev.lastunit.process.engine.OnSagaRole;
import dev.lastunit.process.payment.SimulatorWebhookTranslator;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import javax.sql.DataSource;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Conditional;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.core.JdbcTemplate;

/** The providers that may send webhooks, and the inbox that these come into. */
@Configuration(proxyBeanMethods = false)
@Conditional(OnSagaRole.class)
class WebhookConfiguration {

  @Bean
  WebhookInbox webhookInbox(DataSource dataSource) {
    return new WebhookInbox(new JdbcTemplate(dataSource));
  }

  /**
   * @param simulatorWebhookSecret the secret of the simulator that runs in this process, when there
   *     is one; one that is reached elsewhere has its secret in the settings
   */
  @Bean
  @ConditionalOnProperty(
      name = "lastunit.payment.provider",
      havingValue = "simulator",
      matchIfMissing = true)
  WebhookSource simulatorWebhooks(
      ProcessSettings settings,
      @Qualifier("simulatorWebhookSecret") ObjectProvider<Supplier<String>> simulatorWebhookSecret,
      Clock clock) {
    Supplier<List<String>> secrets =
        () -> {
          List<String> all = new ArrayList<>(settings.payment().webhookSecrets());
          Supplier<String> own = simulatorWebhookSecret.getIfAvailable();
          if (own != null) {
            all.add(own.get());
          }
          return all;
        };
    return new WebhookSource(
        "simulator", new WebhookSignatures(secrets, clock), new SimulatorWebhookTranslator());
  }
}
