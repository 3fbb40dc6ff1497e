package dev.lastunit.process.testing;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.transaction.PlatformTransactionManager;

/** A database of its own with the processes' tables, in one PostgreSQL for all tests of the JVM. */
public final class TestDatabase implements AutoCloseable {

  /** Ends with the JVM. */
  private static final class Server {

    private static final AtomicInteger DATABASES = new AtomicInteger();
    private static final EmbeddedPostgres POSTGRES = start();

    private static EmbeddedPostgres start() {
      try {
        return EmbeddedPostgres.builder()
            .setOverrideWorkingDirectory(new File("target/postgres-binaries"))
            .setDataDirectory(new File("target/postgres-data-" + ProcessHandle.current().pid()))
            .start();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    static String newDatabase() {
      String name = "process_" + DATABASES.incrementAndGet();
      new JdbcTemplate(POSTGRES.getPostgresDatabase()).execute("create database " + name);
      return name;
    }
  }

  private final HikariDataSource dataSource;

  public TestDatabase() {
    HikariConfig config = new HikariConfig();
    config.setJdbcUrl(Server.POSTGRES.getJdbcUrl("postgres", Server.newDatabase()));
    config.setMaximumPoolSize(8);
    dataSource = new HikariDataSource(config);
    jdbc().execute(migration("V1__instances_deadlines_webhooks"));
    jdbc().execute(migration("V42__reconciliation"));
  }

  private static String migration(String name) {
    String file = "/db/process/" + name + ".sql";
    try (InputStream in = TestDatabase.class.getResourceAsStream(file)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public DataSource dataSource() {
    return dataSource;
  }

  public JdbcTemplate jdbc() {
    return new JdbcTemplate(dataSource);
  }

  public PlatformTransactionManager transactions() {
    return new JdbcTransactionManager(dataSource);
  }

  /** Empties all tables. */
  public void clear() {
    jdbc()
        .execute(
            "truncate process.instance, process.reservation_deadline, process.webhook_inbox,"
                + " process.reconciliation_run, process.difference");
  }

  @Override
  public void close() {
    dataSource.close();
  }
}
