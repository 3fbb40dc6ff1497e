package dev.lastunit.app.analysis;

import java.sql.Array;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.duckdb.DuckDBStruct;

/** Makes DuckDB's values those that every format can write. */
final class Values {

  private Values() {}

  /** A value as null, String, Boolean, Number, List or Map by text, all the way down. */
  static Object plain(Object value) throws SQLException {
    return switch (value) {
      case null -> null;
      case Boolean bool -> bool;
      case Double number when number.isNaN() || number.isInfinite() -> number.toString();
      case Float number when number.isNaN() || number.isInfinite() -> number.toString();
      case Number number -> number;
      case OffsetDateTime time -> time.toInstant().toString();
      case Timestamp time -> time.toLocalDateTime().toString();
      case DuckDBStruct struct -> plain(struct.getMap());
      case Array array -> {
        List<Object> values = new ArrayList<>();
        for (Object element : (Object[]) array.getArray()) {
          values.add(plain(element));
        }
        yield values;
      }
      case Map<?, ?> map -> {
        Map<String, Object> values = new LinkedHashMap<>();
        for (Map.Entry<?, ?> entry : map.entrySet()) {
          values.put(String.valueOf(entry.getKey()), plain(entry.getValue()));
        }
        yield values;
      }
      default -> value.toString();
    };
  }
}
