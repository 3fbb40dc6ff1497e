package dev.lastunit.app.database;

import dev.lastunit.app.startup.StartupRefusedException;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.Environment;

/**
 * A PostgreSQL that the operator gives by Spring's usual settings: {@code SPRING_DATASOURCE_URL},
 * {@code _USERNAME}, {@code _PASSWORD}, and the same of {@code SPRING_R2DBC}, where user and
 * password default to those of the former.
 */
@Configuration(proxyBeanMethods = false)
@ConditionalOnProperty("spring.datasource.url")
class ExternalDatabaseConfiguration {

  @Bean
  DatabaseAddress databaseAddress(Environment environment) {
    String jdbcUrl = environment.getRequiredProperty("spring.datasource.url");
    if (!jdbcUrl.startsWith("jdbc:postgresql:")) {
      throw new StartupRefusedException(
          "SPRING_DATASOURCE_URL has to begin with jdbc:postgresql: as only PostgreSQL is known.");
    }
    String r2dbcUrl = environment.getProperty("spring.r2dbc.url");
    if (r2dbcUrl == null) {
      throw new StartupRefusedException(
          "SPRING_DATASOURCE_URL is set but SPRING_R2DBC_URL is not: set both to one database.");
    }
    String username = environment.getProperty("spring.datasource.username", "");
    String password = environment.getProperty("spring.datasource.password", "");
    return new DatabaseAddress(
        jdbcUrl,
        username,
        password,
        r2dbcUrl,
        environment.getProperty("spring.r2dbc.username", username),
        environment.getProperty("spring.r2dbc.password", password),
        false);
  }
}
