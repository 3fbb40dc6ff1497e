package dev.lastunit.app.security;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Conditional;

/** Where everybody may make himself an operator, and where nobody may. */
class EmbeddedDefaultTest {

  static class Probe {

    @Bean
    @Conditional(EmbeddedDefault.class)
    String found() {
      return "found";
    }
  }

  @ParameterizedTest
  @CsvSource({
    "true, a=b",
    "true, spring.datasource.url=",
    "false, spring.datasource.url=jdbc:postgresql://db/shop",
    "true, spring.datasource.url=jdbc:postgresql://db/shop lastunit.demo=true",
    "false, spring.datasource.url=jdbc:postgresql://db/shop lastunit.demo=false",
    "false, spring.security.oauth2.resourceserver.jwt.issuer-uri=https://id.example",
    "false, lastunit.demo=true"
        + " spring.security.oauth2.resourceserver.jwt.issuer-uri=https://id.example"
  })
  void holds(boolean expected, String settings) {
    new ApplicationContextRunner()
        .withUserConfiguration(Probe.class)
        .withPropertyValues(settings.split(" "))
        .run(context -> assertThat(context.containsBean("found")).isEqualTo(expected));
  }
}
