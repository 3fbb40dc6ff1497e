package dev.lastunit.app.analysis;

import dev.lastunit.shared.api.Event;
import dev.lastunit.shared.api.EventTypes;
import dev.lastunit.shared.api.Money;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * How the events of one type look as a table. Derived from the event's class, so that a new event
 * has a table without anybody's doing. Immutable.
 *
 * <p>A component of the event is a column of its name; a list is a LIST, a record a STRUCT, an
 * amount of money two columns, {@code total_amount} in minor units and {@code total_currency}; of a
 * component called {@code amount} these are {@code amount} and {@code currency}. Personal data are
 * left out. Before them stand what every event has, and behind them its metadata.
 *
 * @param name the event's name without its context, such as {@code OrderPlaced}
 * @param type the name under which it is stored, such as {@code ordering.OrderPlaced}
 * @param shape what is read of the stored JSON, as DuckDB wants it to be told
 */
record EventTable(String name, String type, String shape, List<Column> columns) {

  /**
   * A column.
   *
   * @param type as DuckDB writes it
   * @param expression its value, over the columns of a {@link Stage} and {@code event}, the JSON
   *     that was read
   */
  record Column(String name, String type, String expression) {}

  private static final List<Column> FIRST =
      List.of(
          new Column("position", "BIGINT", "\"position\""),
          new Column("at", "TIMESTAMPTZ", "\"at\""),
          new Column("stream", "VARCHAR", "stream"),
          new Column("sequence", "BIGINT", "sequence"),
          new Column("revision", "VARCHAR", "revision"));

  private static final Column LAST = new Column("metadata", "JSON", "metadata::JSON");

  /** Names that an event's own components do not get: of these columns, and of the folders. */
  private static final Set<String> TAKEN =
      Set.of("position", "at", "stream", "sequence", "revision", "metadata", "type", "day");

  private static final SequencedMap<String, EventTable> ALL = derived();

  /**
   * The tables of all events that this version knows, by their stored names.
   *
   * @throws ExceptionInInitializerError when two events would have the same table
   */
  static SequencedMap<String, EventTable> all() {
    return ALL;
  }

  /** The table of an event. */
  static EventTable of(Class<? extends Event> event, String type) {
    ColumnType.Struct fields = new ColumnType.Struct(ColumnType.fieldsOf(event));
    List<Column> columns = new ArrayList<>(FIRST);
    ColumnType money = ColumnType.of(Money.class).orElseThrow();
    fields
        .fields()
        .forEach(
            (field, column) -> {
              String name = TAKEN.contains(field) ? "payload_" + field : field;
              String value = "event.\"" + field + '"';
              if (column.equals(money)) {
                boolean amount = name.equals("amount");
                columns.add(
                    new Column(amount ? name : name + "_amount", "BIGINT", value + ".amount"));
                columns.add(
                    new Column(
                        amount ? "currency" : name + "_currency", "VARCHAR", value + ".currency"));
              } else {
                columns.add(new Column(name, column.sql(), value));
              }
            });
    columns.add(LAST);
    return new EventTable(
        event.getSimpleName(), type, fields.shape(), Collections.unmodifiableList(columns));
  }

  /** Reads the rows of a table that holds the events as they are stored. */
  String selectFrom(String stage) {
    return columns.stream()
            .map(column -> column.expression() + " AS \"" + column.name() + '"')
            .collect(Collectors.joining(", ", "SELECT ", ""))
        + " FROM (SELECT *, from_json(payload, '"
        + shape
        + "') AS event FROM "
        + stage
        + ")";
  }

  /** A query without rows and with all columns. */
  String selectNothing() {
    return columns.stream()
        .map(column -> "NULL::" + column.type() + " AS \"" + column.name() + '"')
        .collect(Collectors.joining(", ", "SELECT ", " WHERE false"));
  }

  private static SequencedMap<String, EventTable> derived() {
    SequencedMap<String, EventTable> result = new LinkedHashMap<>();
    for (String type : EventTypes.names()) {
      EventTable table = of(EventTypes.classOf(type), type);
      if (result.values().stream().anyMatch(other -> other.name().equals(table.name()))) {
        throw new IllegalStateException("Two events would have the table " + table.name());
      }
      result.put(type, table);
    }
    return Collections.unmodifiableSequencedMap(result);
  }
}
