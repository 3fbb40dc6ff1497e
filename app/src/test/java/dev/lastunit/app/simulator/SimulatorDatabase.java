package dev.lastunit.app.simulator;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.lastunit.app.postgres.EmbeddedPostgres;
import dev.lastunit.app.postgres.PostgresSettings;
import io.r2dbc.pool.ConnectionPool;
import io.r2dbc.pool.ConnectionPoolConfiguration;
import io.r2dbc.spi.ConnectionFactories;
import io.r2dbc.spi.ConnectionFactoryOptions;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.flywaydb.core.Flyway;
import org.springframework.r2dbc.core.DatabaseClient;
import org.springframework.util.FileSystemUtils;

/** One real PostgreSQL with the simulator's tables, for all of its tests, until the JVM ends. */
final class SimulatorDatabase {

  /** In each pool. */
  static final int CONNECTIONS = 20;

  private static final EmbeddedPostgres SERVER = start();

  private SimulatorDatabase() {}

  private static EmbeddedPostgres start() {
    try {
      var home = Files.createTempDirectory("simulator-test");
      var server =
          EmbeddedPostgres.start(
              PostgresSettings.in(home.resolve("postgres")).with("shared_buffers", "64MB"));
      Runtime.getRuntime().addShutdownHook(new Thread(() -> end(server, home)));
      Flyway.configure()
          .dataSource(server.jdbcUrl(), EmbeddedPostgres.NAME, server.password())
          .locations("classpath:db/simulator")
          .load()
          .migrate();
      return server;
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }

  private static void end(EmbeddedPostgres server, Path home) {
    server.close();
    try {
      FileSystemUtils.deleteRecursively(home);
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }

  /** A new pool of connections, owned by the caller. */
  static ConnectionPool connections() {
    var single =
        ConnectionFactories.get(
            ConnectionFactoryOptions.builder()
                .option(ConnectionFactoryOptions.DRIVER, "postgresql")
                .option(ConnectionFactoryOptions.HOST, SERVER.host())
                .option(ConnectionFactoryOptions.PORT, SERVER.port())
                .option(ConnectionFactoryOptions.DATABASE, EmbeddedPostgres.NAME)
                .option(ConnectionFactoryOptions.USER, EmbeddedPostgres.NAME)
                .option(ConnectionFactoryOptions.PASSWORD, SERVER.password())
                .build());
    return new ConnectionPool(
        ConnectionPoolConfiguration.builder(single).initialSize(0).maxSize(CONNECTIONS).build());
  }

  /** A new pool of blocking connections, owned by the caller. */
  static HikariDataSource dataSource() {
    return dataSource(SERVER);
  }

  /** The same to another server. */
  static HikariDataSource dataSource(EmbeddedPostgres server) {
    var config = new HikariConfig();
    config.setJdbcUrl(server.jdbcUrl());
    config.setUsername(EmbeddedPostgres.NAME);
    config.setPassword(server.password());
    config.setMaximumPoolSize(CONNECTIONS);
    config.setMinimumIdle(0);
    // As the application's pool.
    config.addDataSourceProperty("options", "-c enable_seqscan=off");
    return new HikariDataSource(config);
  }

  /** How many rows the query counts. */
  static long count(String query) {
    var connections = connections();
    try {
      var counted =
          DatabaseClient.create(connections)
              .sql(query)
              .map(row -> row.get(0, Long.class))
              .one()
              .block();
      return counted == null ? 0 : counted;
    } finally {
      connections.dispose();
    }
  }
}
