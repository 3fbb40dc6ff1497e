package dev.lastunit.process;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lastunit.process.engine.ProcessEngine;
import dev.lastunit.process.testing.ModelShop;
import dev.lastunit.process.testing.TestDatabase;
import dev.lastunit.shared.api.EventBatchHandler;
import dev.lastunit.shared.api.NodeName;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.function.Supplier;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.springframework.boot.test.context.runner.ReactiveWebApplicationContextRunner;
import org.springframework.context.annotation.ComponentScan;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.SystemEnvironmentPropertySource;
import org.springframework.transaction.PlatformTransactionManager;

/** That the parts find each other in a context, and the settings their places. */
class ProcessWiringTest {

  @Configuration(proxyBeanMethods = false)
  @ComponentScan(
      basePackages = {
        "dev.lastunit.process.engine",
        "dev.lastunit.process.operator",
        "dev.lastunit.process.order",
        "dev.lastunit.process.payment",
        "dev.lastunit.process.delivery",
        "dev.lastunit.process.returns",
        "dev.lastunit.process.expiry"
      })
  static class Application {}

  private static TestDatabase database;
  private static ModelShop shop;

  @BeforeAll
  static void open() {
    database = new TestDatabase();
    shop = new ModelShop();
  }

  @AfterAll
  static void close() {
    shop.close();
    database.close();
  }

  private static ReactiveWebApplicationContextRunner context() {
    return new ReactiveWebApplicationContextRunner()
        .withUserConfiguration(Application.class)
        .withBean(
            DataSource.class, () -> database.dataSource(), bean -> bean.setDestroyMethodName(""))
        .withBean(PlatformTransactionManager.class, database::transactions)
        .withBean(Clock.class, Clock::systemUTC)
        .withBean(NodeName.class, () -> new NodeName("test"))
        .withBean(ModelShop.class, () -> shop, bean -> bean.setDestroyMethodName(""))
        .withBean(MeterRegistry.class, SimpleMeterRegistry::new)
        .withBean("simulatorWebhookSecret", Supplier.class, () -> () -> "whsec_AAAA");
  }

  @Test
  void runsAllProcessesByDefault() {
    context()
        .run(
            started -> {
              assertThat(started).hasNotFailed();
              assertThat(started.getBean(ProcessEngine.class).isRunning()).isTrue();
              assertThat(
                      started.getBeansOfType(EventBatchHandler.class).values().stream()
                          .map(EventBatchHandler::name))
                  .containsExactlyInAnyOrder(
                      "process.order",
                      "process.payment",
                      "process.refund",
                      "process.delivery",
                      "process.return",
                      "process.expiry");
              assertThat(started).hasBean("parkedController");
              assertThat(started).hasBean("webhookController");
              ProcessSettings settings = started.getBean(ProcessSettings.class);
              assertThat(settings.reservationTtl()).isEqualTo(Duration.ofMinutes(15));
              assertThat(settings.paymentTimeout()).isEqualTo(Duration.ofSeconds(5));
              assertThat(settings.payment().lateChecks())
                  .containsExactly(Duration.ofMinutes(1), Duration.ofMinutes(10));
            });
  }

  @Test
  void takesItsSettingsFromTheEnvironment() {
    context()
        .withInitializer(
            starting ->
                starting
                    .getEnvironment()
                    .getPropertySources()
                    .addFirst(
                        new SystemEnvironmentPropertySource(
                            "test-systemEnvironment",
                            Map.of(
                                "LASTUNIT_RESERVATION_TTL", "PT4S",
                                "LASTUNIT_PAYMENT_TIMEOUT", "PT0.5S",
                                "LASTUNIT_PAYMENT_WEBHOOKSECRETS", "whsec_QQ==,whsec_Qg=="))))
        .run(
            started -> {
              ProcessSettings settings = started.getBean(ProcessSettings.class);
              assertThat(settings.reservationTtl()).isEqualTo(Duration.ofSeconds(4));
              assertThat(settings.paymentTimeout()).isEqualTo(Duration.ofMillis(500));
              assertThat(settings.payment().webhookSecrets())
                  .containsExactly("whsec_QQ==", "whsec_Qg==");
            });
  }

  @Test
  void runsNothingOnANodeOfAnotherRole() {
    context()
        .withPropertyValues("lastunit.roles=query, projection")
        .run(
            started -> {
              assertThat(started).hasNotFailed();
              assertThat(started).doesNotHaveBean(ProcessEngine.class);
              assertThat(started).doesNotHaveBean(EventBatchHandler.class);
              assertThat(started).doesNotHaveBean("webhookController");
            });
  }

  @Test
  void runsOnANodeWithTheRole() {
    context()
        .withPropertyValues("lastunit.roles=command,saga")
        .run(started -> assertThat(started).hasSingleBean(ProcessEngine.class));
  }

  @Test
  void refusesAProviderThatIsNotThere() {
    context()
        .withPropertyValues("lastunit.payment.provider=nobody")
        .run(
            started ->
                assertThat(started)
                    .getFailure()
                    .hasMessageContaining("there is no such payment provider"));
  }
}
