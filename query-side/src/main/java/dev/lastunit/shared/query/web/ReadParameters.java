package dev.lastunit.shared.query.web;

import dev.lastunit.shared.api.ErrorCode;
import dev.lastunit.shared.api.Problem;
import dev.lastunit.shared.api.Problem.Violation;
import dev.lastunit.shared.query.store.PointInTime;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.springframework.http.server.reactive.ServerHttpRequest;

/**
 * The parameters of one read. Each getter notes what is wrong and answers the default, so that a
 * client hears of everything at once; call {@link #check()} after the last one. Parameters that
 * nobody asks for are passed over.
 *
 * <p>Made for one request; not thread-safe.
 */
public final class ReadParameters {

  private static final int DEFAULT_LIMIT = 20;
  private static final int HIGHEST_LIMIT = 100;

  private final ServerHttpRequest request;
  private final List<Violation> violations = new ArrayList<>();

  /** Reads nothing yet. */
  public ReadParameters(ServerHttpRequest request) {
    this.request = request;
  }

  /** Header {@code Min-Event-Position}: 0 or more; 0 when absent. */
  public long minPosition() {
    String text = request.getHeaders().getFirst(Reads.MIN_EVENT_POSITION);
    return text == null ? 0 : number(Reads.MIN_EVENT_POSITION, text, 0, Long.MAX_VALUE).orElse(0L);
  }

  /** Rows of a page: 1 to 100, default 20. */
  public int limit() {
    return number("limit", 1, HIGHEST_LIMIT).map(Long::intValue).orElse(DEFAULT_LIMIT);
  }

  /** A whole number; empty when absent. */
  public Optional<Long> number(String name, long min, long max) {
    return single(name).flatMap(text -> number(name, text, min, max));
  }

  /** A text of at most so many characters; empty when absent or blank. */
  public Optional<String> text(String name, int longest) {
    return single(name).filter(text -> fits(name, text, longest)).map(String::strip);
  }

  /** A parameter that may be repeated: each value not blank and at most so long. */
  public List<String> texts(String name, int most, int longest) {
    List<String> values =
        request.getQueryParams().getOrDefault(name, List.of()).stream()
            .filter(text -> text != null && !text.isBlank())
            .map(String::strip)
            .distinct()
            .toList();
    if (values.size() > most) {
      refuse(name, "can be given " + most + " times at most");
      return List.of();
    }
    return values.stream().filter(text -> fits(name, text, longest)).toList();
  }

  /**
   * A time with its zone, ISO 8601, in the years 1 to 9999; empty when absent. What does not fit is
   * noted.
   */
  public Optional<Instant> instant(String name) {
    return text(name, 40)
        .flatMap(
            text -> {
              try {
                // A plus sign that was not escaped arrives as a space.
                OffsetDateTime time = OffsetDateTime.parse(text.replace(' ', '+'));
                if (time.getYear() >= 1 && time.getYear() <= 9999) {
                  return Optional.of(time.toInstant());
                }
              } catch (DateTimeException e) {
                // Told below, with an example.
              }
              refuse(name, "must be a time such as 2026-11-23T19:04:05.123Z");
              return Optional.empty();
            });
  }

  /**
   * The point in the past that is asked for by {@code at} or {@code position}; empty when the
   * present is. Both at once are refused.
   */
  public Optional<PointInTime> past() {
    Optional<PointInTime> position =
        number("position", 1, Long.MAX_VALUE).map(PointInTime::position);
    Optional<PointInTime> at = instant("at").map(PointInTime::instant);
    if (position.isPresent() && at.isPresent()) {
      refuse("at", "cannot be given together with position");
    }
    for (String name : Reads.PAST) {
      if (request.getQueryParams().containsKey(name) && single(name).isEmpty()) {
        refuse(name, "must not be empty");
      }
    }
    return position.or(() -> at);
  }

  /** {@code true} or {@code false}; false when absent. */
  public boolean flag(String name) {
    return choice(name, Map.of("true", true, "false", false)).orElse(false);
  }

  /** One of some words, which are lower case; empty when absent. */
  public <T> Optional<T> choice(String name, Map<String, T> words) {
    Optional<String> text = single(name);
    Optional<T> value = text.map(word -> words.get(word.strip().toLowerCase(Locale.ROOT)));
    if (text.isPresent() && value.isEmpty()) {
      refuse(
          name, "must be one of " + String.join(", ", words.keySet().stream().sorted().toList()));
    }
    return value;
  }

  /** The cursor that a client sent back; read it by {@link Cursor#read}. Empty when absent. */
  public Optional<String> cursor() {
    return single("cursor");
  }

  /** Refuses the parameters of reads of the past, which this read does not offer. */
  public void refusePast() {
    for (String name : Reads.PAST) {
      if (request.getQueryParams().containsKey(name)) {
        refuse(name, "is not offered: only the present state can be read");
      }
    }
  }

  /** Notes what is wrong with a parameter. */
  public void refuse(String name, String message) {
    violations.add(new Violation(name, message));
  }

  /**
   * Ends the reading of parameters.
   *
   * @throws Problem INVALID_FIELD with everything that was wrong
   */
  public void check() {
    if (!violations.isEmpty()) {
      throw Problem.invalid(ErrorCode.INVALID_FIELD, violations);
    }
  }

  private Optional<String> single(String name) {
    return Optional.ofNullable(request.getQueryParams().getFirst(name))
        .filter(text -> !text.isBlank());
  }

  private boolean fits(String name, String text, int longest) {
    if (text.length() > longest) {
      refuse(name, "can have " + longest + " characters at most");
      return false;
    }
    if (text.indexOf('\0') >= 0) {
      refuse(name, "cannot hold the character 0");
      return false;
    }
    return true;
  }

  private Optional<Long> number(String name, String text, long min, long max) {
    try {
      long value = Long.parseLong(text.strip());
      if (value >= min && value <= max) {
        return Optional.of(value);
      }
    } catch (NumberFormatException e) {
      // Told below, with the bounds.
    }
    refuse(
        name,
        max == Long.MAX_VALUE
            ? "must be a whole number from " + min
            : "must be a whole number from " + min + " to " + max);
    return Optional.empty();
  }
}
