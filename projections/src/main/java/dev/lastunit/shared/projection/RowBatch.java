package dev.lastunit.shared.projection;

import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.springframework.jdbc.core.JdbcTemplate;

/**
 * Rows that one statement writes together: each column travels as one array, for a statement with
 * one {@code unnest(?, ?, …)} in it. The statement's text is the same for every number of rows, so
 * the driver prepares it once.
 *
 * <p>Made for one batch and thrown away; not thread-safe.
 */
public final class RowBatch {

  private final String[] types;
  private final List<List<Object>> columns;

  /**
   * @param types PostgreSQL's names of the columns' types, such as {@code text} or {@code int8}
   */
  public RowBatch(String... types) {
    this.types = types.clone();
    this.columns = new ArrayList<>(types.length);
    for (int i = 0; i < types.length; i++) {
      columns.add(new ArrayList<>());
    }
  }

  /**
   * Adds a row.
   *
   * @param values one for each type, null where the column takes it; whatever is not a string,
   *     number or boolean is written as its text
   */
  public void add(Object... values) {
    if (values.length != types.length) {
      throw new IllegalArgumentException(
          values.length + " values for " + types.length + " columns");
    }
    for (int i = 0; i < values.length; i++) {
      columns.get(i).add(values[i]);
    }
  }

  /** Whether no row was added. */
  public boolean isEmpty() {
    return columns.getFirst().isEmpty();
  }

  /**
   * Runs the statement with the columns as its only parameters, in the thread's transaction; does
   * nothing without rows. Blocks.
   *
   * @param sql with one {@code ?} for each column, in their order
   * @return rows written
   */
  public int write(JdbcTemplate jdbc, String sql) {
    if (isEmpty()) {
      return 0;
    }
    return jdbc.update(
        connection -> {
          PreparedStatement statement = connection.prepareStatement(sql);
          for (int i = 0; i < types.length; i++) {
            statement.setArray(i + 1, array(connection, i));
          }
          return statement;
        });
  }

  /**
   * Arrays of the Java class that fits the type travel as they are; others as text with escapes.
   */
  private Array array(Connection connection, int column) throws SQLException {
    Stream<Object> values = columns.get(column).stream();
    Object[] array =
        switch (types[column]) {
          case "text" ->
              values.map(value -> value == null ? null : value.toString()).toArray(String[]::new);
          case "int8" ->
              values
                  .map(value -> value == null ? null : ((Number) value).longValue())
                  .toArray(Long[]::new);
          case "int4" ->
              values
                  .map(value -> value == null ? null : ((Number) value).intValue())
                  .toArray(Integer[]::new);
          default -> values.toArray();
        };
    return connection.createArrayOf(types[column], array);
  }
}
