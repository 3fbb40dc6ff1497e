package dev.lastunit.shared.api;

import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * Where personal data stand in the JSON of an event: the one place that knows, made from the {@link
 * PersonalData} marks of the published language. Immutable; never blocks.
 *
 * @param whole whether everything here and below is personal
 * @param parts by field, what is personal below it; fields that are not named hold nothing
 *     personal. A list stands for each of its elements
 */
public record PersonalFields(boolean whole, Map<String, PersonalFields> parts) {

  /** Nothing is personal. */
  public static final PersonalFields NONE = new PersonalFields(false, Map.of());

  /** Everything is. */
  public static final PersonalFields ALL = new PersonalFields(true, Map.of());

  private static final Map<String, PersonalFields> BY_TYPE = byType();

  public PersonalFields {
    parts = Map.copyOf(parts);
  }

  /**
   * The personal fields of an event.
   *
   * @param type stored name, such as {@code ordering.OrderPlaced}; of one that is not known, as a
   *     node of the next release may have written it, everything is taken for personal
   */
  public static PersonalFields of(String type) {
    return BY_TYPE.getOrDefault(type, ALL);
  }

  /** Whether there are none. */
  public boolean isNone() {
    return !whole && parts.isEmpty();
  }

  /** The same as paths such as {@code payment.token}, sorted; the empty path means all of it. */
  public SortedSet<String> paths() {
    SortedSet<String> paths = new TreeSet<>();
    if (whole) {
      paths.add("");
    }
    parts.forEach(
        (field, below) ->
            below.paths().forEach(path -> paths.add(path.isEmpty() ? field : field + "." + path)));
    return paths;
  }

  private static Map<String, PersonalFields> byType() {
    Map<String, PersonalFields> result = new LinkedHashMap<>();
    for (String name : EventTypes.names()) {
      result.put(name, in(EventTypes.classOf(name)));
    }
    return Map.copyOf(result);
  }

  private static PersonalFields in(Type type) {
    return switch (type) {
      case Class<?> found when found.isRecord() -> inRecord(found);
      case ParameterizedType of -> inAny(of.getActualTypeArguments());
      default -> NONE;
    };
  }

  private static PersonalFields inRecord(Class<?> type) {
    Map<String, PersonalFields> parts = new LinkedHashMap<>();
    for (RecordComponent component : type.getRecordComponents()) {
      PersonalFields part =
          component.isAnnotationPresent(PersonalData.class) ? ALL : in(component.getGenericType());
      if (!part.isNone()) {
        parts.put(component.getName(), part);
      }
    }
    return new PersonalFields(false, parts);
  }

  /** A list's elements, or a map's keys and values: hidden together when one of them is. */
  private static PersonalFields inAny(Type... arguments) {
    return Arrays.stream(arguments)
        .map(PersonalFields::in)
        .filter(part -> !part.isNone())
        .findFirst()
        .map(part -> arguments.length == 1 ? part : ALL)
        .orElse(NONE);
  }
}
