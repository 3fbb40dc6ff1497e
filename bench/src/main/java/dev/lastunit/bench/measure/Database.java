package dev.lastunit.bench.measure;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;

/**
 * The database server that the service brought along, which the baselines use too.
 *
 * @param pid of its first process
 */
public record Database(String host, int port, String user, String password, long pid) {

  private static final String NAME = "lastunit";

  /** The one of a running service, by its data directory. */
  public static Database of(Path dataDirectory) throws IOException {
    Path home = dataDirectory.resolve("postgres");
    List<String> note = Files.readAllLines(home.resolve("data/postmaster.pid"));
    return new Database(
        "127.0.0.1",
        Integer.parseInt(note.get(3).strip()),
        NAME,
        Files.readString(home.resolve("lastunit.password")).strip(),
        Long.parseLong(note.getFirst().strip()));
  }

  /** The database's name. */
  public String name() {
    return NAME;
  }

  /** Its address for JDBC, without the password. */
  public String url() {
    return "jdbc:postgresql://" + host + ":" + port + "/" + NAME;
  }

  /** Connects; the caller closes. */
  public Connection connect() throws SQLException {
    return DriverManager.getConnection(url(), user, password);
  }

  /**
   * Where the write-ahead log stands and how many transactions there have been. Connections tell
   * the latter about once a second, so that short times are off by a part of a second's worth.
   */
  record Counters(long walBytes, long transactions) {}

  Counters counters() throws SQLException {
    try (Connection connection = connect();
        Statement statement = connection.createStatement();
        ResultSet row =
            statement.executeQuery(
                "select pg_wal_lsn_diff(pg_current_wal_lsn(), '0/0')::bigint,"
                    + " xact_commit + xact_rollback from pg_stat_database"
                    + " where datname = current_database()")) {
      row.next();
      return new Counters(row.getLong(1), row.getLong(2));
    }
  }

  /** One number that the server tells. */
  public long count(String query) throws SQLException {
    return Long.parseLong(text(query));
  }

  /** One text that the server tells. */
  public String text(String query) throws SQLException {
    try (Connection connection = connect();
        Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(query)) {
      row.next();
      return row.getString(1);
    }
  }
}
