package dev.lastunit.app.analysis;

import dev.lastunit.app.postgres.EmbeddedPostgres;
import dev.lastunit.app.postgres.PostgresSettings;
import dev.lastunit.eventstore.EventStoreSerializer;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.axonframework.serialization.SerializedObject;
import org.flywaydb.core.Flyway;

/** An event store in a data directory as the service has one, filled with events of a test. */
final class StoreOfTests implements AutoCloseable {

  private final EventStoreSerializer serializer = new EventStoreSerializer(Map.of());
  private final EmbeddedPostgres postgres;
  private final Connection connection;
  private long position;

  StoreOfTests(Path dataDirectory) throws SQLException {
    postgres =
        EmbeddedPostgres.start(
            PostgresSettings.in(dataDirectory.resolve("postgres")).with("shared_buffers", "64MB"));
    Flyway.configure()
        .dataSource(postgres.jdbcUrl(), EmbeddedPostgres.NAME, postgres.password())
        .locations("classpath:db/eventstore")
        .load()
        .migrate();
    connection =
        DriverManager.getConnection(postgres.jdbcUrl(), EmbeddedPostgres.NAME, postgres.password());
    connection.setAutoCommit(false);
  }

  /** What leads a command to this store as to an external one. */
  Map<String, String> environment() {
    return Map.of(
        "SPRING_DATASOURCE_URL", postgres.jdbcUrl(),
        "SPRING_DATASOURCE_USERNAME", EmbeddedPostgres.NAME,
        "SPRING_DATASOURCE_PASSWORD", postgres.password());
  }

  LiveStore open() {
    return LiveStore.open(environment());
  }

  /** Stores events as the service does, as JSON, behind those that are there. */
  void append(List<Happening> events) throws SQLException {
    try (PreparedStatement insert =
        connection.prepareStatement(
            "insert into eventstore.event (position, sequence, at, stream, type, revision,"
                + " event_id, payload, metadata) values (?, ?, ?, ?, ?, ?, ?, ?, ?)")) {
      for (Happening event : events) {
        SerializedObject<String> payload = serializer.serialize(event.event(), String.class);
        position++;
        insert.setLong(1, position);
        insert.setLong(2, event.sequence());
        insert.setObject(3, event.at().atOffset(ZoneOffset.UTC));
        insert.setString(4, event.stream());
        insert.setString(5, payload.getType().getName());
        insert.setString(6, payload.getType().getRevision());
        insert.setString(7, "event-" + event.stream() + "-" + event.sequence());
        insert.setString(8, payload.getData());
        insert.setString(9, "{\"subject\":\"somebody\"}");
        insert.addBatch();
      }
      insert.executeBatch();
    }
    connection.commit();
  }

  void execute(String sql) throws SQLException {
    try (var statement = connection.createStatement()) {
      statement.execute(sql);
    }
    connection.commit();
  }

  /** Takes all events away. */
  void clear() throws SQLException {
    execute("truncate eventstore.event");
    position = 0;
  }

  @Override
  public void close() throws SQLException {
    connection.close();
    postgres.close();
  }

  /** All rows of an answer. */
  static List<List<Object>> ask(EventDatabase database, String sql) throws IOException {
    List<List<Object>> rows = new ArrayList<>();
    database.ask(
        sql,
        new EventDatabase.AnswerTaker() {
          @Override
          public void columns(List<String> names) {}

          @Override
          public boolean row(List<Object> values) {
            rows.add(values);
            return true;
          }
        });
    return rows;
  }
}
