package dev.lastunit.testing;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;
import org.springframework.core.io.ClassPathResource;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DriverManagerDataSource;
import org.springframework.jdbc.datasource.init.ResourceDatabasePopulator;

/**
 * A database of its own with the command side's schema, in a real PostgreSQL that the tests of this
 * module share: making a cluster takes seconds, making a database does not.
 */
public final class CommandDatabase {

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
  }

  private CommandDatabase() {}

  /** Makes the database; blocks, the first time for seconds. */
  public static DataSource create() {
    var name = "command_" + Server.DATABASES.incrementAndGet();
    JdbcClient.create(Server.POSTGRES.getPostgresDatabase())
        .sql("create database " + name)
        .update();
    var dataSource = new DriverManagerDataSource(Server.POSTGRES.getJdbcUrl("postgres", name));
    new ResourceDatabasePopulator(
            new ClassPathResource("db/command/V1__imports.sql"),
            new ClassPathResource("db/command/V2__import_resumes.sql"))
        .execute(dataSource);
    return dataSource;
  }
}
