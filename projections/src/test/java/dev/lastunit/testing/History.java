package dev.lastunit.testing;

import dev.lastunit.shared.api.Event;
import dev.lastunit.shared.api.RecordedEvent;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Events as the store would hand them out: positions from 1, one second apart. */
public final class History {

  /** When the first event was recorded. */
  public static final Instant START = Instant.parse("2026-11-23T19:00:00Z");

  private final List<RecordedEvent> events = new ArrayList<>();

  /** Records the events, in this order, after those that are there. */
  public History and(Event... more) {
    for (Event event : more) {
      long position = events.size() + 1L;
      events.add(new RecordedEvent(position, at(position), "any", position, event, Map.of()));
    }
    return this;
  }

  /** When the event of a position was recorded. */
  public static Instant at(long position) {
    return START.plusSeconds(position - 1);
  }

  /** All of them. */
  public List<RecordedEvent> events() {
    return List.copyOf(events);
  }
}
