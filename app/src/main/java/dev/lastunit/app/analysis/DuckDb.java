package dev.lastunit.app.analysis;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Properties;
import org.duckdb.DuckDBConnection;

/** Opens DuckDB, whose native library is unpacked and loaded here: about a second. */
final class DuckDb {

  private DuckDb() {}

  /**
   * A database in memory, which goes to the disk with what does not fit.
   *
   * @param spill directory for that; made when it is needed, left to the caller
   * @param memory most memory, in DuckDB's notation
   */
  static DuckDBConnection open(Path spill, String memory) throws SQLException, IOException {
    Files.createDirectories(spill);
    Properties properties = new Properties();
    // Results are read as they come and not gathered in memory first.
    properties.setProperty("jdbc_stream_results", "true");
    DuckDBConnection connection =
        DriverManager.getConnection("jdbc:duckdb:", properties).unwrap(DuckDBConnection.class);
    try (Statement statement = connection.createStatement()) {
      statement.execute("SET temp_directory = " + text(spill.toString()));
      statement.execute("SET memory_limit = " + text(memory));
      statement.execute("SET TimeZone = 'UTC'");
      // What is not built in would be fetched from the network.
      statement.execute("SET autoinstall_known_extensions = false");
      statement.execute("SET autoload_known_extensions = false");
      return connection;
    } catch (SQLException e) {
      connection.close();
      throw e;
    }
  }

  /** A text as SQL writes it. */
  static String text(String value) {
    return "'" + value.replace("'", "''") + "'";
  }
}
