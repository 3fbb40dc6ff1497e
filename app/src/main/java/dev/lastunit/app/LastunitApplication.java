package dev.lastunit.app;

import dev.lastunit.app.startup.LastunitProperties;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.data.r2dbc.autoconfigure.DataR2dbcRepositoriesAutoConfiguration;
import org.springframework.boot.flyway.autoconfigure.FlywayAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.DataSourceTransactionManagerAutoConfiguration;
import org.springframework.boot.r2dbc.autoconfigure.R2dbcAutoConfiguration;
import org.springframework.boot.r2dbc.autoconfigure.R2dbcTransactionManagerAutoConfiguration;

/**
 * The whole service in one process.
 *
 * <p>What touches the database is declared by hand ({@code dev.lastunit.app.database}), so that
 * neither the order of auto-configurations nor the presence of a second driver decides which
 * connections and transactions are used; the auto-configurations of these parts are excluded.
 */
@SpringBootApplication(
    scanBasePackages = "dev.lastunit",
    exclude = {
      DataSourceAutoConfiguration.class,
      DataSourceTransactionManagerAutoConfiguration.class,
      R2dbcAutoConfiguration.class,
      R2dbcTransactionManagerAutoConfiguration.class,
      DataR2dbcRepositoriesAutoConfiguration.class,
      FlywayAutoConfiguration.class
    })
@EnableConfigurationProperties(LastunitProperties.class)
public class LastunitApplication {

  /** For Spring. */
  protected LastunitApplication() {}

  /**
   * Starts the service. Ends the process with status 1 when it cannot be started.
   *
   * @param arguments settings as {@code --name=value}
   */
  public static void main(String[] arguments) {
    try {
      SpringApplication.run(LastunitApplication.class, arguments);
    } catch (RuntimeException e) {
      // Spring Boot has told the reason.
      System.exit(1);
    }
  }
}
