package dev.lastunit.app.database;

import dev.lastunit.app.postgres.EmbeddedPostgres;
import dev.lastunit.app.postgres.PostgresSettings;
import dev.lastunit.app.startup.DataDirectory;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.Environment;

/** The default: a PostgreSQL of our own in the data directory. */
@Configuration(proxyBeanMethods = false)
@ConditionalOnProperty(name = "spring.datasource.url", matchIfMissing = true, havingValue = "\0")
class EmbeddedDatabaseConfiguration {

  private static final Logger LOG = LoggerFactory.getLogger(EmbeddedDatabaseConfiguration.class);

  /** Stopped after everything that uses it, as beans that depend on it are destroyed first. */
  @Bean(destroyMethod = "close")
  EmbeddedPostgres embeddedPostgres(DataDirectory directory, Environment environment) {
    PostgresSettings settings = PostgresSettings.in(directory.path().resolve("postgres"));
    String buffers = environment.getProperty("lastunit.postgres.shared-buffers");
    if (buffers != null) {
      settings = settings.with("shared_buffers", buffers);
    }
    LOG.info("Starting the database in {}", settings.home());
    return EmbeddedPostgres.start(settings);
  }

  @Bean
  DatabaseAddress databaseAddress(EmbeddedPostgres postgres) {
    return new DatabaseAddress(
        postgres.jdbcUrl(),
        EmbeddedPostgres.NAME,
        postgres.password(),
        "r2dbc:postgresql://"
            + postgres.host()
            + ":"
            + postgres.port()
            + "/"
            + EmbeddedPostgres.NAME,
        EmbeddedPostgres.NAME,
        postgres.password(),
        true);
  }
}
