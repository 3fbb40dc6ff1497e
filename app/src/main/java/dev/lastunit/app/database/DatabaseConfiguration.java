package dev.lastunit.app.database;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.lastunit.app.startup.StartupRefusedException;
import io.r2dbc.pool.ConnectionPool;
import io.r2dbc.pool.ConnectionPoolConfiguration;
import io.r2dbc.postgresql.PostgresqlConnectionFactoryProvider;
import io.r2dbc.spi.ConnectionFactories;
import io.r2dbc.spi.ConnectionFactory;
import io.r2dbc.spi.ConnectionFactoryOptions;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import javax.sql.DataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.r2dbc.core.DatabaseClient;
import org.springframework.transaction.PlatformTransactionManager;

/** Migrations, then the pools of both drivers and the transactions of the blocking one. */
@Configuration(proxyBeanMethods = false)
class DatabaseConfiguration {

  private static final Logger LOG = LoggerFactory.getLogger(DatabaseConfiguration.class);

  /** Reads that wait longer than this for a connection are better told so than kept. */
  private static final Duration R2DBC_ACQUIRE = Duration.ofSeconds(5);

  private static final Duration IDLE = Duration.ofMinutes(10);

  @Bean
  DatabaseReady databaseReady(DatabaseAddress address) {
    DataSource single = address.connections("lastunit-migrations");
    if (!address.embedded()) {
      warnUnlessDurable(single);
    }
    return new DatabaseReady(address, new Migrations(single).run());
  }

  /** Connections for threads that may block: event store, projections, processes. */
  @Bean(destroyMethod = "close")
  DataSource dataSource(
      DatabaseReady ready, @Value("${lastunit.database.jdbc-connections:32}") int connections) {
    DatabaseAddress address = ready.address();
    HikariConfig config = new HikariConfig();
    config.setPoolName("lastunit-jdbc");
    config.setJdbcUrl(address.jdbcUrl());
    if (!address.username().isEmpty()) {
      config.setUsername(address.username());
      config.setPassword(address.password());
    }
    config.setMaximumPoolSize(connections);
    config.setMinimumIdle(Math.min(4, connections));
    config.setIdleTimeout(IDLE.toMillis());
    config.setConnectionTimeout(Duration.ofSeconds(10).toMillis());
    config.addDataSourceProperty("ApplicationName", "lastunit");
    // Every statement of this pool finds its rows by an index. A plan that was made while a table
    // was nearly empty would read all of it, and goes on doing so when the table has grown. Not a
    // start-up option: connection poolers refuse those.
    config.setConnectionInitSql("set enable_seqscan = off");
    config.addDataSourceProperty("reWriteBatchedInserts", "true");
    config.addDataSourceProperty("tcpKeepAlive", "true");
    return new HikariDataSource(config);
  }

  /** Transactions over {@link #dataSource}; the only transaction manager, thus the default one. */
  @Bean
  PlatformTransactionManager transactionManager(DataSource dataSource) {
    return new JdbcTransactionManager(dataSource);
  }

  /** Connections for the query side, which never blocks. */
  @Bean(destroyMethod = "dispose")
  ConnectionPool connectionFactory(
      DatabaseReady ready, @Value("${lastunit.database.r2dbc-connections:32}") int connections) {
    DatabaseAddress address = ready.address();
    return pool(
        reading(address.r2dbcUrl(), address.r2dbcUsername(), address.r2dbcPassword()),
        "lastunit-r2dbc",
        connections);
  }

  /**
   * Makes connections of R2DBC, each a new one.
   *
   * @param username empty for that of the URL
   */
  static ConnectionFactory reading(String url, String username, String password) {
    ConnectionFactoryOptions.Builder options = ConnectionFactoryOptions.parse(url).mutate();
    if (!username.isEmpty()) {
      options.option(ConnectionFactoryOptions.USER, username);
      options.option(ConnectionFactoryOptions.PASSWORD, password);
    }
    options.option(PostgresqlConnectionFactoryProvider.APPLICATION_NAME, "lastunit-read");
    return ConnectionFactories.get(options.build());
  }

  /** Shares connections of R2DBC. */
  static ConnectionPool pool(ConnectionFactory factory, String name, int connections) {
    return new ConnectionPool(
        ConnectionPoolConfiguration.builder(factory)
            .name(name)
            .initialSize(0)
            .maxSize(connections)
            .maxIdleTime(IDLE)
            .maxAcquireTime(R2DBC_ACQUIRE)
            .build());
  }

  /** What the query side reads with. */
  @Bean
  DatabaseClient databaseClient(ConnectionFactory connectionFactory) {
    return DatabaseClient.create(connectionFactory);
  }

  /** An operator's own server may be set differently on purpose; what it means is said once. */
  private static void warnUnlessDurable(DataSource dataSource) {
    try (Connection connection = dataSource.getConnection();
        Statement statement = connection.createStatement()) {
      for (String setting : new String[] {"fsync", "synchronous_commit", "full_page_writes"}) {
        try (ResultSet rows = statement.executeQuery("SHOW " + setting)) {
          rows.next();
          if (rows.getString(1).equals("off")) {
            LOG.warn("The database runs with {}=off: acknowledged orders can be lost", setting);
          }
        }
      }
    } catch (SQLException e) {
      throw new StartupRefusedException("The database cannot be reached: " + e.getMessage());
    }
  }
}
