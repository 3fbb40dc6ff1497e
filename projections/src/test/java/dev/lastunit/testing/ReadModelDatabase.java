package dev.lastunit.testing;

import dev.lastunit.shared.api.EventBatchHandler;
import dev.lastunit.shared.api.RecordedEvent;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.SingleConnectionDataSource;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * A database of its own, with the schema of some read models, in a real PostgreSQL that the tests
 * of this module share: making a cluster takes seconds, making a database does not.
 */
public final class ReadModelDatabase implements AutoCloseable {

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
      String name = "read_models_" + DATABASES.incrementAndGet();
      new JdbcTemplate(POSTGRES.getPostgresDatabase()).execute("create database " + name);
      return name;
    }
  }

  private final SingleConnectionDataSource dataSource;
  private final JdbcTemplate jdbc;
  private final TransactionTemplate transaction;

  /**
   * Makes the database; blocks, the first time for seconds.
   *
   * @param migrations file names below {@code db/projections}
   */
  public ReadModelDatabase(String... migrations) {
    String url = Server.POSTGRES.getJdbcUrl("postgres", Server.newDatabase());
    dataSource = new SingleConnectionDataSource(url, true);
    jdbc = new JdbcTemplate(dataSource);
    transaction = new TransactionTemplate(new JdbcTransactionManager(dataSource));
    for (String migration : migrations) {
      jdbc.execute(text("/db/projections/" + migration));
    }
  }

  /** For reading what was written, and for the handler under test. */
  public JdbcTemplate jdbc() {
    return jdbc;
  }

  /**
   * Gives the handler those events that concern it, as batches of at most so many, each in a
   * transaction.
   */
  public void project(EventBatchHandler handler, List<RecordedEvent> all, int batchSize) {
    List<RecordedEvent> events = concerning(handler, all);
    for (int from = 0; from < events.size(); from += batchSize) {
      List<RecordedEvent> batch = events.subList(from, Math.min(events.size(), from + batchSize));
      transaction.executeWithoutResult(status -> handler.handle(batch));
      handler.committed();
    }
  }

  /** Gives the handler a batch whose transaction then fails. */
  public void rollBack(EventBatchHandler handler, List<RecordedEvent> batch) {
    transaction.executeWithoutResult(
        status -> {
          handler.handle(concerning(handler, batch));
          status.setRollbackOnly();
        });
  }

  private static List<RecordedEvent> concerning(
      EventBatchHandler handler, List<RecordedEvent> events) {
    return events.stream()
        .filter(
            event -> handler.concerns().stream().anyMatch(type -> type.isInstance(event.payload())))
        .toList();
  }

  @Override
  public void close() {
    dataSource.destroy();
  }

  private static String text(String resource) {
    try (InputStream in = ReadModelDatabase.class.getResourceAsStream(resource)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
