package dev.lastunit.app.analysis;

import dev.lastunit.app.postgres.EmbeddedPostgres;
import dev.lastunit.app.postgres.PostgresException;
import dev.lastunit.app.postgres.PostgresSettings;
import dev.lastunit.app.startup.DataDirectory;
import dev.lastunit.app.startup.StartupRefusedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;

/**
 * The event store, read beside whoever writes it: in a database that the environment names, in the
 * embedded one of a running service, or in that of a stopped one, which is started for the time.
 * Nothing is ever written to it.
 */
public final class LiveStore implements AutoCloseable {

  /** How long a service that starts or stops at this moment is waited for. */
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  /** Rows that one round trip brings. */
  private static final int FETCH = 1_000;

  private final Connection connection;
  private final Deque<AutoCloseable> holds;

  private LiveStore(Connection connection, Deque<AutoCloseable> holds) {
    this.connection = connection;
    this.holds = holds;
  }

  /** Takes the rows of {@link #read}. */
  interface RowTaker {
    void take(StoredRow row) throws SQLException;
  }

  /**
   * Opens the store that the environment leads to, as it leads the service there: {@code
   * SPRING_DATASOURCE_URL} with {@code _USERNAME} and {@code _PASSWORD}, else {@code
   * LASTUNIT_DATA_DIR}. Blocks: up to some seconds when a stopped database has to be started.
   *
   * @throws AnalysisException when there is none
   */
  public static LiveStore open(Map<String, String> environment) {
    String url = environment.get("SPRING_DATASOURCE_URL");
    Deque<AutoCloseable> holds = new ArrayDeque<>();
    try {
      Connection connection =
          url == null
              ? embedded(dataDirectory(environment), holds)
              : connect(
                  url,
                  environment.getOrDefault("SPRING_DATASOURCE_USERNAME", ""),
                  environment.getOrDefault("SPRING_DATASOURCE_PASSWORD", ""));
      holds.push(connection);
      connection.setReadOnly(true);
      connection.setAutoCommit(false);
      LiveStore store = new LiveStore(connection, holds);
      store.requireEvents();
      return store;
    } catch (SQLException e) {
      release(holds);
      throw new AnalysisException("the database cannot be reached: " + e.getMessage(), e);
    } catch (RuntimeException e) {
      release(holds);
      throw e;
    }
  }

  /** Where this node keeps its data. */
  public static Path dataDirectory(Map<String, String> environment) {
    return Path.of(environment.getOrDefault("LASTUNIT_DATA_DIR", "./data"))
        .toAbsolutePath()
        .normalize();
  }

  private static Connection embedded(Path directory, Deque<AutoCloseable> holds)
      throws SQLException {
    PostgresSettings settings = PostgresSettings.in(directory.resolve("postgres"));
    if (!EmbeddedPostgres.exists(settings)) {
      throw new AnalysisException(
          "there is no store in " + directory + ": set LASTUNIT_DATA_DIR, or ./run first");
    }
    Instant until = Instant.now().plus(PATIENCE);
    while (true) {
      DataDirectory free = lock(directory);
      if (free != null) {
        holds.push(free);
        EmbeddedPostgres started;
        try {
          started = EmbeddedPostgres.start(settings);
        } catch (PostgresException e) {
          throw new AnalysisException("the database cannot be started: " + e.getMessage(), e);
        }
        holds.push(started);
        return connect(started.jdbcUrl(), EmbeddedPostgres.NAME, started.password());
      }
      Optional<EmbeddedPostgres.Running> running = EmbeddedPostgres.running(settings);
      try {
        if (running.isPresent()) {
          return connect(running.get().jdbcUrl(), EmbeddedPostgres.NAME, running.get().password());
        }
      } catch (SQLException e) {
        // It may be ending at this moment.
        if (Instant.now().isAfter(until)) {
          throw e;
        }
      }
      if (Instant.now().isAfter(until)) {
        throw new AnalysisException(
            "the service in " + directory + " neither runs its database nor gives it free");
      }
      pause();
    }
  }

  /** The data directory, if nobody has it; null while somebody has. */
  private static DataDirectory lock(Path directory) {
    if (!Files.isWritable(directory)) {
      return null;
    }
    try {
      return DataDirectory.lock(directory);
    } catch (StartupRefusedException e) {
      return null;
    }
  }

  private static void pause() {
    try {
      Thread.sleep(Duration.ofMillis(200));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AnalysisException("interrupted", e);
    }
  }

  private static Connection connect(String url, String username, String password)
      throws SQLException {
    Properties properties = new Properties();
    if (!username.isEmpty()) {
      properties.setProperty("user", username);
      properties.setProperty("password", password);
    }
    properties.setProperty("ApplicationName", "lastunit-analysis");
    properties.setProperty("connectTimeout", "10");
    properties.setProperty("tcpKeepAlive", "true");
    return DriverManager.getConnection(url, properties);
  }

  private void requireEvents() throws SQLException {
    try (PreparedStatement statement =
            connection.prepareStatement("select to_regclass('eventstore.event') is not null");
        ResultSet row = statement.executeQuery()) {
      row.next();
      if (!row.getBoolean(1)) {
        throw new AnalysisException("the database holds no event store yet: ./run first");
      }
    } finally {
      connection.rollback();
    }
  }

  /**
   * The position of the last event that is committed; 0 when there is none. Positions become
   * visible in order, so all events up to there can be read.
   */
  long head() throws SQLException {
    try (PreparedStatement statement =
            connection.prepareStatement("select coalesce(max(position), 0) from eventstore.event");
        ResultSet row = statement.executeQuery()) {
      row.next();
      return row.getLong(1);
    } finally {
      connection.rollback();
    }
  }

  /** The identifier of the event at a position; empty when no event is there (any more). */
  Optional<String> eventIdAt(long position) throws SQLException {
    try (PreparedStatement statement =
        connection.prepareStatement("select event_id from eventstore.event where position = ?")) {
      statement.setLong(1, position);
      try (ResultSet row = statement.executeQuery()) {
        return row.next() ? Optional.of(row.getString(1)) : Optional.empty();
      }
    } finally {
      connection.rollback();
    }
  }

  /**
   * Reads events in the order of their positions, a thousand at a time.
   *
   * @param after position after which to begin
   * @param upTo last position
   * @param from earliest time; null for any
   * @param to time before which events are; null for any
   */
  void read(long after, long upTo, Instant from, Instant to, RowTaker taker) throws SQLException {
    String sql =
        "select position, at, stream, sequence, type, revision, payload, metadata"
            + " from eventstore.event where position > ? and position <= ?"
            + (from == null ? "" : " and at >= ?")
            + (to == null ? "" : " and at < ?")
            + " order by position";
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      int parameter = 0;
      statement.setLong(++parameter, after);
      statement.setLong(++parameter, upTo);
      if (from != null) {
        statement.setObject(++parameter, from.atOffset(ZoneOffset.UTC));
      }
      if (to != null) {
        statement.setObject(++parameter, to.atOffset(ZoneOffset.UTC));
      }
      statement.setFetchSize(FETCH);
      try (ResultSet rows = statement.executeQuery()) {
        while (rows.next()) {
          taker.take(
              new StoredRow(
                  rows.getLong(1),
                  rows.getObject(2, OffsetDateTime.class),
                  rows.getString(3),
                  rows.getLong(4),
                  rows.getString(5),
                  rows.getString(6),
                  rows.getString(7),
                  rows.getString(8)));
        }
      }
    } finally {
      // No transaction stays open while rows are written: a long one would hold up the clean-up.
      connection.rollback();
    }
  }

  /** Closes the connection, and stops the database if it was started here. */
  @Override
  public void close() {
    release(holds);
  }

  private static void release(Deque<AutoCloseable> holds) {
    RuntimeException fault = null;
    while (!holds.isEmpty()) {
      try {
        holds.pop().close();
      } catch (Exception e) {
        fault = new AnalysisException("the database could not be left: " + e.getMessage(), e);
      }
    }
    if (fault != null) {
      throw fault;
    }
  }
}
