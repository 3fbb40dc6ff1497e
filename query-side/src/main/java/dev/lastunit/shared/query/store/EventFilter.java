package dev.lastunit.shared.query.store;

import java.time.Instant;
import java.util.Set;

/**
 * Which events of the store are wanted; what is null or empty does not restrict.
 *
 * @param types logical names
 * @param stream one stream
 * @param from recorded then or later
 * @param to recorded before
 */
public record EventFilter(Set<String> types, String stream, Instant from, Instant to) {

  /** Every event. */
  public static final EventFilter ALL = new EventFilter(Set.of(), null, null, null);

  /** All events of a stream. */
  public static EventFilter ofStream(String stream) {
    return new EventFilter(Set.of(), stream, null, null);
  }

  /** Copies the types. */
  public EventFilter {
    types = Set.copyOf(types);
  }

  /** Whether it passes over events that are neither before nor after what it wants. */
  boolean sparse() {
    return !types.isEmpty() || from != null || to != null;
  }
}
