package dev.lastunit.app.simulator;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Conditional;
import org.springframework.context.annotation.Configuration;

/** Who gets a simulator: the embedded default, who asks for it, and nobody else. */
class SimulatorEnabledTest {

  @Configuration(proxyBeanMethods = false)
  @Conditional(SimulatorEnabled.class)
  static class OnlyWithSimulator {

    @Bean
    String marker() {
      return "there";
    }
  }

  @ParameterizedTest
  @CsvSource({
    "unrelated=1, true",
    "spring.datasource.url=jdbc:postgresql://db/shop, false",
    "spring.datasource.url=jdbc:postgresql://db/shop lastunit.demo=true, true",
    "spring.datasource.url=jdbc:postgresql://db/shop lastunit.demo.enabled=true, true",
    "spring.datasource.url=jdbc:postgresql://db/shop lastunit.demo=false, false",
    "spring.datasource.url=jdbc:postgresql://db/shop lastunit.simulator.enabled=true, true",
    "lastunit.simulator.enabled=false, false",
    "lastunit.demo=true lastunit.simulator.enabled=false, false"
  })
  void isThereOnlyWithTheEmbeddedDefaultOrOnRequest(String settings, boolean there) {
    new ApplicationContextRunner()
        .withUserConfiguration(OnlyWithSimulator.class)
        .withPropertyValues(settings.split(" "))
        .run(context -> assertThat(context.containsBean("marker")).isEqualTo(there));
  }
}
