package dev.lastunit.app.database;

import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.Environment;

/**
 * A PostgreSQL that the operator gives by Spring's usual settings: {@code SPRING_DATASOURCE_URL},
 * {@code _USERNAME}, {@code _PASSWORD}, and the same of {@code SPRING_R2DBC}, where user and
 * password default to those of the former. That both addresses are there is checked before Spring
 * makes its first bean.
 */
@Configuration(proxyBeanMethods = false)
@ConditionalOnProperty("spring.datasource.url")
class ExternalDatabaseConfiguration {

  @Bean
  DatabaseAddress databaseAddress(Environment environment) {
    String jdbcUrl = environment.getRequiredProperty("spring.datasource.url");
    String r2dbcUrl = environment.getRequiredProperty("spring.r2dbc.url");
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
