package dev.lastunit.shared.projection;

import java.sql.Array;
import java.sql.PreparedStatement;
import java.util.ArrayList;
import java.util.List;
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
            Array array = connection.createArrayOf(types[i], columns.get(i).toArray());
            statement.setArray(i + 1, array);
          }
          return statement;
        });
  }
}
