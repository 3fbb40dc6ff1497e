package dev.lastunit.app.analysis;

import java.sql.SQLException;
import java.sql.Statement;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SequencedMap;
import java.util.TreeSet;
import org.duckdb.DuckDBAppender;
import org.duckdb.DuckDBConnection;

/**
 * Events as they are stored, in tables of DuckDB, one for each type, from which typed rows are
 * made. Holds one chunk of events at a time.
 */
final class Stage implements AutoCloseable {

  private static final String SCHEMA = "stage";

  private final DuckDBConnection duckdb;
  private final Map<String, DuckDBAppender> appenders = new LinkedHashMap<>();
  private final SequencedMap<EventTable, TreeSet<LocalDate>> held = new LinkedHashMap<>();

  /**
   * @param duckdb in which the tables are made
   */
  Stage(DuckDBConnection duckdb) throws SQLException {
    this.duckdb = duckdb;
    try (Statement statement = duckdb.createStatement()) {
      statement.execute("CREATE SCHEMA " + SCHEMA);
    }
  }

  /**
   * Adds an event.
   *
   * @throws AnalysisException when its type is not known: it is never passed over
   */
  void add(StoredRow row) throws SQLException {
    EventTable table = EventTable.all().get(row.type());
    if (table == null) {
      throw new AnalysisException(
          "the store holds the type "
              + row.type()
              + " at position "
              + row.position()
              + ", which this version does not know; run a version that does, nothing is skipped");
    }
    DuckDBAppender appender = appenders.get(row.type());
    if (appender == null) {
      appender = begin(table);
      appenders.put(row.type(), appender);
    }
    appender
        .beginRow()
        .append(row.position())
        .append(row.at())
        .append(row.stream())
        .append(row.sequence())
        .append(row.revision())
        .append(row.payload())
        .append(row.metadata())
        .endRow();
    held.computeIfAbsent(table, _ -> new TreeSet<>())
        .add(row.at().withOffsetSameInstant(ZoneOffset.UTC).toLocalDate());
  }

  private DuckDBAppender begin(EventTable table) throws SQLException {
    try (Statement statement = duckdb.createStatement()) {
      statement.execute(
          "CREATE TABLE "
              + nameOf(table)
              + " (\"position\" BIGINT, \"at\" TIMESTAMPTZ, stream VARCHAR, sequence BIGINT,"
              + " revision VARCHAR, payload VARCHAR, metadata VARCHAR)");
    }
    return duckdb.createAppender(SCHEMA, table.name());
  }

  /** What the table of a type is called. */
  static String nameOf(EventTable table) {
    return SCHEMA + ".\"" + table.name() + '"';
  }

  /**
   * Makes what was added readable.
   *
   * @return the types that were added, with the days (UTC) of their events
   */
  SequencedMap<EventTable, TreeSet<LocalDate>> finish() throws SQLException {
    close();
    return held;
  }

  /** Forgets all events. */
  void clear() throws SQLException {
    close();
    try (Statement statement = duckdb.createStatement()) {
      for (EventTable table : held.keySet()) {
        statement.execute("DROP TABLE " + nameOf(table));
      }
    }
    held.clear();
  }

  @Override
  public void close() throws SQLException {
    for (DuckDBAppender appender : appenders.values()) {
      appender.close();
    }
    appenders.clear();
  }
}
