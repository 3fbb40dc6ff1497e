package dev.lastunit.app.web;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonValue;
import java.lang.reflect.Method;
import java.lang.reflect.RecordComponent;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Collection;
import java.util.Objects;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Says in a client's words what a Java type wants, so that no class name is told: {@code must be a
 * whole number}.
 */
final class Expected {

  private static final int MOST_NAMES = 30;

  private Expected() {}

  /**
   * What a value of the type looks like.
   *
   * @param type null when it is not known
   * @return a clause that follows a field's name
   */
  static String of(Class<?> type) {
    if (type == null) {
      return "has the wrong type";
    }
    if (type == int.class
        || type == Integer.class
        || type == long.class
        || type == Long.class
        || type == short.class
        || type == Short.class
        || type == byte.class
        || type == Byte.class
        || type == BigInteger.class) {
      return "must be a whole number";
    }
    if (type == double.class
        || type == Double.class
        || type == float.class
        || type == Float.class
        || type == BigDecimal.class
        || type == Number.class) {
      return "must be a number";
    }
    if (type == boolean.class || type == Boolean.class) {
      return "must be true or false";
    }
    if (CharSequence.class.isAssignableFrom(type)) {
      return "must be a string";
    }
    if (type.isEnum()) {
      return names(type);
    }
    if (type == Instant.class) {
      return "must be an instant in UTC such as 2026-11-23T19:04:05.123Z";
    }
    if (type == Duration.class) {
      return "must be an ISO 8601 duration such as PT15M";
    }
    if (type == UUID.class) {
      return "must be a UUID";
    }
    if (type == URI.class) {
      return "must be a URI";
    }
    if (type.isArray() || Collection.class.isAssignableFrom(type)) {
      return "must be a list";
    }
    if (isPlainValue(type)) {
      return of(type.getRecordComponents()[0].getType());
    }
    return "must be an object";
  }

  /** What a number must be that is too large or too small for its type. */
  static String range(Class<?> type) {
    return type == int.class || type == Integer.class
        ? "must be a whole number from " + Integer.MIN_VALUE + " to " + Integer.MAX_VALUE
        : type == long.class || type == Long.class
            ? "must be a whole number from " + Long.MIN_VALUE + " to " + Long.MAX_VALUE
            : of(type);
  }

  /** A record that is written as its only component, as identifiers and SKUs are. */
  private static boolean isPlainValue(Class<?> type) {
    return type.isRecord()
        && type.getRecordComponents().length == 1
        && Stream.of(type.getDeclaredConstructors())
            .map(constructor -> constructor.getAnnotation(JsonCreator.class))
            .filter(Objects::nonNull)
            .anyMatch(creator -> creator.mode() == JsonCreator.Mode.DELEGATING);
  }

  private static String names(Class<?> type) {
    Object[] constants = type.getEnumConstants();
    String names =
        Arrays.stream(constants)
            .limit(MOST_NAMES)
            .map(constant -> name((Enum<?>) constant))
            .collect(Collectors.joining(", "));
    return "must be one of " + names + (constants.length > MOST_NAMES ? ", …" : "");
  }

  private static String name(Enum<?> constant) {
    Class<?> type = constant.getDeclaringClass();
    try {
      for (Method method : type.getDeclaredMethods()) {
        if (method.isAnnotationPresent(JsonValue.class) && method.trySetAccessible()) {
          return String.valueOf(method.invoke(constant));
        }
      }
      JsonProperty property = type.getField(constant.name()).getAnnotation(JsonProperty.class);
      return property == null || property.value().isEmpty() ? constant.name() : property.value();
    } catch (ReflectiveOperationException e) {
      return constant.name();
    }
  }

  /** The components of a record in its order, for messages that list known fields. */
  static String components(Class<?> type) {
    return type != null && type.isRecord()
        ? Arrays.stream(type.getRecordComponents())
            .map(RecordComponent::getName)
            .collect(Collectors.joining(", "))
        : "";
  }
}
