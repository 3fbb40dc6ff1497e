package dev.lastunit.app.analysis;

import com.fasterxml.jackson.annotation.JsonValue;
import dev.lastunit.shared.api.PersonalData;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.time.Instant;
import java.time.LocalDate;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.stream.Collectors;

/** What a value of an event is in a table. Immutable. */
sealed interface ColumnType {

  /** A type of DuckDB with a name of its own. */
  record Scalar(String sql) implements ColumnType {
    @Override
    public String shape() {
      return '"' + sql + '"';
    }
  }

  /** Some of the same. */
  record ListOf(ColumnType element) implements ColumnType {
    @Override
    public String sql() {
      return element.sql() + "[]";
    }

    @Override
    public String shape() {
      return "[" + element.shape() + "]";
    }
  }

  /**
   * Named values.
   *
   * @param fields at least one, in their order
   */
  record Struct(SequencedMap<String, ColumnType> fields) implements ColumnType {
    @Override
    public String sql() {
      return fields.entrySet().stream()
          .map(field -> '"' + field.getKey() + "\" " + field.getValue().sql())
          .collect(Collectors.joining(", ", "STRUCT(", ")"));
    }

    @Override
    public String shape() {
      return fields.entrySet().stream()
          .map(field -> '"' + field.getKey() + "\":" + field.getValue().shape())
          .collect(Collectors.joining(",", "{", "}"));
    }
  }

  /** What is only known when it is there. */
  Scalar JSON = new Scalar("JSON");

  /** The type as DuckDB writes it. */
  String sql();

  /** The type as DuckDB wants it to be told when it reads JSON; is JSON itself. */
  String shape();

  /** Types whose values JSON holds as one text, number or word. */
  Map<Class<?>, Scalar> SCALARS =
      Map.ofEntries(
          Map.entry(String.class, new Scalar("VARCHAR")),
          Map.entry(boolean.class, new Scalar("BOOLEAN")),
          Map.entry(Boolean.class, new Scalar("BOOLEAN")),
          Map.entry(int.class, new Scalar("INTEGER")),
          Map.entry(Integer.class, new Scalar("INTEGER")),
          Map.entry(long.class, new Scalar("BIGINT")),
          Map.entry(Long.class, new Scalar("BIGINT")),
          Map.entry(double.class, new Scalar("DOUBLE")),
          Map.entry(Double.class, new Scalar("DOUBLE")),
          Map.entry(Instant.class, new Scalar("TIMESTAMPTZ")),
          Map.entry(LocalDate.class, new Scalar("DATE")),
          // Text of ISO 8601, which DuckDB cannot read as an interval.
          Map.entry(java.time.Duration.class, new Scalar("VARCHAR")));

  /**
   * The type for a Java type of an event's component.
   *
   * @return empty when nothing is left of it without personal data
   */
  static Optional<ColumnType> of(Type type) {
    if (type instanceof ParameterizedType generic) {
      return ofGeneric(generic);
    }
    if (!(type instanceof Class<?> plain)) {
      return Optional.of(JSON);
    }
    if (SCALARS.containsKey(plain)) {
      return Optional.of(SCALARS.get(plain));
    }
    if (plain.isEnum()) {
      return Optional.of(SCALARS.get(String.class));
    }
    if (!plain.isRecord()) {
      return Optional.of(JSON);
    }
    for (RecordComponent component : plain.getRecordComponents()) {
      if (component.getAccessor().isAnnotationPresent(JsonValue.class)) {
        return of(component.getGenericType());
      }
    }
    SequencedMap<String, ColumnType> fields = fieldsOf(plain);
    return fields.isEmpty() ? Optional.empty() : Optional.of(new Struct(fields));
  }

  private static Optional<ColumnType> ofGeneric(ParameterizedType type) {
    Class<?> raw = (Class<?>) type.getRawType();
    Type[] arguments = type.getActualTypeArguments();
    if (Optional.class.equals(raw)) {
      return of(arguments[0]);
    }
    if (Collection.class.isAssignableFrom(raw)) {
      return of(arguments[0]).map(ListOf::new);
    }
    if (Map.class.isAssignableFrom(raw)
        && of(arguments[0]).filter(SCALARS.get(String.class)::equals).isPresent()
        && of(arguments[1]).orElse(JSON) instanceof Scalar value) {
      return Optional.of(new Scalar("MAP(VARCHAR, " + value.sql() + ")"));
    }
    return Optional.of(JSON);
  }

  /** The components of a record that are not personal data, in their order. */
  static SequencedMap<String, ColumnType> fieldsOf(Class<?> type) {
    SequencedMap<String, ColumnType> fields = new LinkedHashMap<>();
    for (RecordComponent component : type.getRecordComponents()) {
      if (!component.isAnnotationPresent(PersonalData.class)) {
        of(component.getGenericType()).ifPresent(column -> fields.put(component.getName(), column));
      }
    }
    return fields;
  }
}
