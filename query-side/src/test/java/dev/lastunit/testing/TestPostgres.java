package dev.lastunit.testing;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.concurrent.atomic.AtomicInteger;
import org.springframework.jdbc.core.JdbcTemplate;

/**
 * The PostgreSQL that all tests of this module share; each takes a database of its own, since
 * making a cluster takes seconds and making a database does not. Ends with the JVM.
 */
final class TestPostgres {

  private static final AtomicInteger DATABASES = new AtomicInteger();
  private static final EmbeddedPostgres SERVER = start();

  private TestPostgres() {}

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

  /** Makes an empty database and tells its name. */
  static String newDatabase() {
    String name = "reads_" + DATABASES.incrementAndGet();
    new JdbcTemplate(SERVER.getPostgresDatabase()).execute("create database " + name);
    return name;
  }

  static String jdbcUrl(String database) {
    return SERVER.getJdbcUrl("postgres", database);
  }

  static int port() {
    return SERVER.getPort();
  }
}
