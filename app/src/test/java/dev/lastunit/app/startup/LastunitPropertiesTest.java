package dev.lastunit.app.startup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.core.env.MutablePropertySources;
import org.springframework.core.env.SystemEnvironmentPropertySource;

/** The settings as an operator gives them: by environment variables. */
class LastunitPropertiesTest {

  @Test
  void haveTheDefaultsOfTheContract() {
    LastunitProperties properties = bind(Map.of());

    assertThat(properties.dataDir()).isEqualTo(Path.of("data").toAbsolutePath());
    assertThat(properties.reservationTtl()).isEqualTo(Duration.ofMinutes(15));
    assertThat(properties.paymentTimeout()).isEqualTo(Duration.ofSeconds(5));
    assertThat(properties.roles()).containsExactly("all");
    assertThat(properties.requestsPerSecond()).hasValue(500);
    assertThat(properties.demo()).isFalse();
    assertThat(properties.demoLoad()).isFalse();
  }

  @Test
  void areReadFromTheEnvironment() {
    LastunitProperties properties =
        bind(
            Map.of(
                "LASTUNIT_DATA_DIR", "/srv/lastunit",
                "LASTUNIT_RESERVATION_TTL", "PT4S",
                "LASTUNIT_PAYMENT_TIMEOUT", "PT0.5S",
                "LASTUNIT_ROLES", "command,saga",
                "LASTUNIT_RATE_LIMIT", "off"));

    assertThat(properties.dataDir()).isEqualTo(Path.of("/srv/lastunit"));
    assertThat(properties.reservationTtl()).isEqualTo(Duration.ofSeconds(4));
    assertThat(properties.paymentTimeout()).isEqualTo(Duration.ofMillis(500));
    assertThat(properties.hasRole("saga")).isTrue();
    assertThat(properties.hasRole("query")).isFalse();
    assertThat(properties.requestsPerSecond()).isEmpty();
  }

  /** The one is the other's prefix, which must not make either unreadable. */
  @Test
  void tellTheDemonstrationFromItsData() {
    LastunitProperties both = bind(Map.of("LASTUNIT_DEMO", "true", "LASTUNIT_DEMO_LOAD", "true"));
    assertThat(both.demo()).isTrue();
    assertThat(both.demoLoad()).isTrue();

    LastunitProperties demo = bind(Map.of("LASTUNIT_DEMO", "true"));
    assertThat(demo.demo()).isTrue();
    assertThat(demo.demoLoad()).isFalse();

    LastunitProperties load = bind(Map.of("LASTUNIT_DEMO_LOAD", "true"));
    assertThat(load.demo()).isFalse();
    assertThat(load.demoLoad()).isTrue();
  }

  @Test
  void refuseWhatIsOutOfBoundsAndNameIt() {
    refused("LASTUNIT_RESERVATION_TTL", "PT0S", "lastunit.reservation-ttl");
    refused("LASTUNIT_PAYMENT_TIMEOUT", "PT1H", "lastunit.payment-timeout");
    refused("LASTUNIT_ROLES", "command,comand", "lastunit.roles");
    refused("LASTUNIT_RATE_LIMIT", "0", "lastunit.rate-limit");
    refused("LASTUNIT_RATE_LIMIT", "many", "lastunit.rate-limit");
  }

  private static void refused(String variable, String value, String named) {
    assertThatThrownBy(() -> bind(Map.of(variable, value))).rootCause().hasMessageContaining(named);
  }

  private static LastunitProperties bind(Map<String, Object> environment) {
    MutablePropertySources sources = new MutablePropertySources();
    sources.addFirst(new SystemEnvironmentPropertySource("systemEnvironment", environment));
    return new Binder(ConfigurationPropertySources.from(sources))
        .bindOrCreate("lastunit", LastunitProperties.class);
  }
}
