package dev.lastunit.process.payment.web;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lastunit.process.ProcessSettings;
import dev.lastunit.process.testing.TestDatabase;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.util.UUID;
import java.util.function.Supplier;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Bean;

/** Where the secrets of webhooks come from. */
class WebhookConfigurationTest {

  private static final String OWN = "whsec_b3duIHNlY3JldA==";
  private static final String CONFIGURED = "whsec_Y29uZmlndXJlZA==";
  private static final byte[] BODY = "{}".getBytes(StandardCharsets.UTF_8);

  @EnableConfigurationProperties(ProcessSettings.class)
  static class Settings {}

  /** The secret as a simulator hands it over, beside a supplier of something else. */
  static class WithSimulator {

    static final class Secret implements Supplier<String> {
      @Override
      public String get() {
        return OWN;
      }
    }

    @Bean
    Secret simulatorWebhookSecret() {
      return new Secret();
    }

    @Bean
    Supplier<UUID> ids() {
      return () -> new UUID(0, 0);
    }
  }

  private static ApplicationContextRunner context(TestDatabase database) {
    return new ApplicationContextRunner()
        .withUserConfiguration(Settings.class, WebhookConfiguration.class)
        .withPropertyValues("lastunit.payment.webhook-secrets=" + CONFIGURED)
        .withBean(
            DataSource.class, () -> database.dataSource(), bean -> bean.setDestroyMethodName(""))
        .withBean(Clock.class, Clock::systemUTC);
  }

  private static boolean accepts(WebhookSource source, String secret) {
    long now = Instant.now().getEpochSecond();
    return source
        .signatures()
        .genuine(
            "msg_1",
            Long.toString(now),
            WebhookSignaturesTest.sign(secret, "msg_1", now, BODY),
            BODY);
  }

  @Test
  void takesTheSimulatorsSecretAndTheConfiguredOnes() {
    try (TestDatabase database = new TestDatabase()) {
      context(database)
          .withUserConfiguration(WithSimulator.class)
          .run(
              started -> {
                WebhookSource source = started.getBean(WebhookSource.class);
                assertThat(source.provider()).isEqualTo("simulator");
                assertThat(accepts(source, OWN)).isTrue();
                assertThat(accepts(source, CONFIGURED)).isTrue();
              });
      context(database)
          .run(
              started -> {
                WebhookSource source = started.getBean(WebhookSource.class);
                assertThat(accepts(source, OWN)).isFalse();
                assertThat(accepts(source, CONFIGURED)).isTrue();
              });
    }
  }
}
