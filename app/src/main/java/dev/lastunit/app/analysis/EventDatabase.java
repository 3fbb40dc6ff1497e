package dev.lastunit.app.analysis;

import dev.lastunit.app.analysis.Manifest.DataFile;
import dev.lastunit.shared.api.EventJson;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.duckdb.DuckDBConnection;
import tools.jackson.databind.JsonNode;

/**
 * Events as tables that SQL can ask: one for each type under its name without the context, and
 * {@code events} with what all have. Read-only.
 */
public final class EventDatabase implements AutoCloseable {

  /** Positions of one chunk of the cache. */
  private static final long CHUNK = 250_000;

  /** So many events are read anew for each question before they become files of the cache. */
  private static final long TAIL = 50_000;

  private static final String MEMORY = "2GB";

  /** The column without its table, where DuckDB expects its own word. */
  private static final Pattern BARE_AT = Pattern.compile("(?i)(?<![.\\w\"'])at(?![\\w\"'])");

  private final DuckDBConnection duckdb;
  private final Path spill;
  private final long position;

  private EventDatabase(DuckDBConnection duckdb, Path spill, long position) {
    this.duckdb = duckdb;
    this.spill = spill;
    this.position = position;
  }

  /**
   * Opens exported files, as they are.
   *
   * @throws AnalysisException when there are none
   */
  public static EventDatabase ofFiles(Path directory) throws IOException, SQLException {
    Path path = directory.toAbsolutePath().normalize();
    Manifest manifest = EventFiles.read(path);
    if (manifest.slices().isEmpty()) {
      throw new AnalysisException("there is no export in " + path);
    }
    EventDatabase database = open(manifest.position());
    try {
      database.createTables(path, manifest, List.of());
      return database;
    } catch (SQLException | RuntimeException e) {
      database.close();
      throw e;
    }
  }

  /**
   * Opens the store's events: all that are committed when this begins. Most come from files in a
   * cache that grows with the store, the last ones from the store itself, which is not needed any
   * more afterwards.
   *
   * @param caches holds the cache; made when there is none. Caches of other versions in it go
   * @param listener is told how the cache is brought up to date
   */
  public static EventDatabase ofStore(LiveStore store, Path caches, ExportListener listener)
      throws IOException, SQLException {
    return ofStore(store, caches, CHUNK, TAIL, listener);
  }

  static EventDatabase ofStore(
      LiveStore store, Path caches, long chunk, long tail, ExportListener listener)
      throws IOException, SQLException {
    Path cache = caches.toAbsolutePath().normalize().resolve(cacheName());
    // Before the head: another process may go on with the cache at any time.
    Manifest manifest = Files.isDirectory(cache) ? EventFiles.read(cache) : Manifest.EMPTY;
    long head = store.head();
    if (!Export.isSameStore(store, manifest, head) || head - manifest.position() >= tail) {
      try (EventFiles files = EventFiles.open(cache, true)) {
        head = store.head();
        if (!Export.isSameStore(store, files.manifest(), head)) {
          files.clear();
        }
        new Export(store, files, chunk, tail, listener).upTo(head, null, null);
        manifest = files.manifest();
      }
    }
    removeOthers(cache);
    EventDatabase database = open(head);
    try {
      database.addTail(store, cache, manifest, head);
      return database;
    } catch (SQLException | RuntimeException e) {
      database.close();
      throw e;
    }
  }

  private void addTail(LiveStore store, Path cache, Manifest manifest, long head)
      throws SQLException {
    try (Stage stage = new Stage(duckdb)) {
      store.read(manifest.position(), head, null, null, stage::add);
      List<EventTable> held = List.copyOf(stage.finish().keySet());
      try (Statement statement = duckdb.createStatement()) {
        statement.execute("CREATE SCHEMA tail");
        for (EventTable table : held) {
          statement.execute(
              "CREATE TABLE "
                  + tailOf(table)
                  + " AS "
                  + table.selectFrom(Stage.nameOf(table))
                  + " ORDER BY \"position\"");
        }
      }
      stage.clear();
      createTables(cache, manifest, held);
    }
  }

  private static String tailOf(EventTable table) {
    return "tail.\"" + table.name() + '"';
  }

  private static EventDatabase open(long position) throws IOException, SQLException {
    Path spill = Files.createTempDirectory("lastunit-sql");
    return new EventDatabase(DuckDb.open(spill, MEMORY), spill, position);
  }

  private void createTables(Path directory, Manifest manifest, List<EventTable> inTail)
      throws SQLException {
    Map<String, List<DataFile>> files =
        manifest.files().stream().collect(Collectors.groupingBy(DataFile::type));
    List<String> all = new ArrayList<>();
    try (Statement statement = duckdb.createStatement()) {
      for (EventTable table : EventTable.all().values()) {
        // An older file may lack a column, and a type may have no file: the first part has all.
        List<String> parts = new ArrayList<>(List.of(table.selectNothing()));
        List<DataFile> ofType = files.getOrDefault(table.name(), List.of());
        if (!ofType.isEmpty()) {
          parts.add(
              ofType.stream()
                  .map(file -> DuckDb.text(directory.resolve(file.path()).toString()))
                  .collect(
                      Collectors.joining(
                          ", ",
                          "SELECT * FROM read_parquet([",
                          "], union_by_name = true, hive_partitioning = false)")));
        }
        if (inTail.contains(table)) {
          parts.add("SELECT * FROM " + tailOf(table));
        }
        statement.execute(
            "CREATE VIEW \"" + table.name() + "\" AS " + String.join(" UNION ALL BY NAME ", parts));
        all.add(
            "SELECT \"position\", \"at\", '"
                + table.type()
                + "' AS type, stream, sequence, revision, metadata FROM \""
                + table.name()
                + '"');
      }
      statement.execute("CREATE VIEW events AS " + String.join(" UNION ALL ", all));
      statement.execute("SET lock_configuration = true");
    }
  }

  /**
   * The cache's name, from the columns: a version with others makes a cache of its own, so that no
   * file lacks anything.
   */
  private static String cacheName() {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      digest.update(
          (Manifest.FORMAT + EventTable.all().toString()).getBytes(StandardCharsets.UTF_8));
      return "events-" + HexFormat.of().formatHex(digest.digest(), 0, 8);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  private static void removeOthers(Path cache) throws IOException {
    if (!Files.isDirectory(cache.getParent())) {
      return;
    }
    List<Path> others;
    try (Stream<Path> children = Files.list(cache.getParent())) {
      others =
          children
              .filter(child -> !child.equals(cache))
              .filter(child -> child.getFileName().toString().matches("events-[0-9a-f]{16}"))
              .toList();
    }
    for (Path other : others) {
      EventFiles.deleteAll(other);
    }
  }

  /** The position of the last event that questions are answered from. */
  public long position() {
    return position;
  }

  /** Takes an answer. */
  public interface AnswerTaker {

    /** Before the first row. */
    void columns(List<String> names) throws IOException;

    /**
     * A row: null, or values of String, Boolean, Number, List of such and Map of such by text.
     *
     * @return whether another is wanted
     */
    boolean row(List<Object> values) throws IOException;
  }

  /**
   * Answers one question. Blocks as long as it takes.
   *
   * @param sql one statement that reads
   * @throws AnalysisException when it is not; the message says where it is wrong
   * @throws IOException of the taker
   */
  public void ask(String sql, AnswerTaker taker) throws IOException {
    try (Statement statement = duckdb.createStatement()) {
      requireReads(statement, sql);
    } catch (SQLException e) {
      throw new AnalysisException(e.getMessage(), e);
    }
    try (Statement statement = duckdb.createStatement();
        ResultSet rows = statement.executeQuery(sql)) {
      ResultSetMetaData columns = rows.getMetaData();
      List<String> names = new ArrayList<>();
      for (int i = 1; i <= columns.getColumnCount(); i++) {
        names.add(columns.getColumnName(i));
      }
      taker.columns(names);
      boolean wanted = true;
      while (wanted && rows.next()) {
        List<Object> values = new ArrayList<>(names.size());
        for (int i = 1; i <= names.size(); i++) {
          values.add(Values.plain(rows.getObject(i)));
        }
        wanted = taker.row(values);
      }
    } catch (SQLException e) {
      throw new AnalysisException(e.getMessage(), e);
    }
  }

  /** DuckDB itself tells which statements only read: it takes apart no others. */
  private static void requireReads(Statement statement, String sql) throws SQLException {
    try (ResultSet row =
        statement.executeQuery(
            "SELECT CAST(json_serialize_sql(" + DuckDb.text(sql) + ") AS VARCHAR)")) {
      row.next();
      JsonNode parsed = EventJson.mapper().readTree(row.getString(1));
      if (parsed.get("error").asBoolean()) {
        String hint =
            BARE_AT.matcher(sql).find()
                ? "\nat is a word of SQL: write OrderPlaced.at, or put it in double quotes"
                : "";
        throw new AnalysisException(
            parsed.path("error_type").asString("").equals("not implemented")
                ? "only questions are answered (select …): nothing can be changed"
                : parsed.path("error_message").asString("the statement cannot be understood")
                    + hint);
      }
      if (parsed.path("statements").size() != 1) {
        throw new AnalysisException("one statement at a time");
      }
    }
  }

  @Override
  public void close() throws IOException, SQLException {
    duckdb.close();
    EventFiles.deleteAll(spill);
  }
}
