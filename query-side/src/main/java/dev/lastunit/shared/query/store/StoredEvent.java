package dev.lastunit.shared.query.store;

import dev.lastunit.shared.api.Event;
import dev.lastunit.shared.api.EventJson;
import dev.lastunit.shared.api.EventTypes;
import dev.lastunit.shared.api.RecordedEvent;
import java.time.Instant;
import java.util.Map;
import tools.jackson.core.JacksonException;

/**
 * A row of the event store: payload and metadata as the JSON that was stored.
 *
 * @param position global position: gapless, from 1, in commit order
 * @param at when it was recorded
 * @param stream the stream it belongs to
 * @param sequence number within the stream, gapless from 0
 * @param type logical name, such as {@code ordering.OrderPlaced}
 * @param revision of the payload's form; null for the first forms of foreign events
 * @param payload one JSON object
 * @param metadata one JSON object
 */
public record StoredEvent(
    long position,
    Instant at,
    String stream,
    long sequence,
    String type,
    String revision,
    String payload,
    String metadata) {

  /**
   * The fact, read into its class, whichever of its revisions up to today's it was written in: what
   * later ones have added is null in earlier ones.
   *
   * @throws IllegalStateException when the type or its revision is not known here, or the payload
   *     does not fit: such an event must never be passed over
   */
  public Event event() {
    if (!EventTypes.isKnown(type)) {
      throw new IllegalStateException(
          "Position " + position + " holds an event of unknown type " + type);
    }
    Class<? extends Event> known = EventTypes.classOf(type);
    if (!isRead(revision, EventTypes.revisionOf(known))) {
      throw new IllegalStateException(
          "Position " + position + " holds " + type + " in unknown revision " + revision);
    }
    try {
      return EventJson.mapper().readValue(payload, known);
    } catch (JacksonException e) {
      throw new IllegalStateException("Position " + position + " cannot be read as " + type, e);
    }
  }

  /** Whether an event of one revision is read by the class of another; they are numbered from 1. */
  private static boolean isRead(String written, String today) {
    return written != null
        && written.matches("[1-9][0-9]{0,8}")
        && Integer.parseInt(written) <= Integer.parseInt(today);
  }

  /**
   * The same with its payload read; the metadata is left out.
   *
   * @throws IllegalStateException as {@link #event()}
   */
  public RecordedEvent recorded() {
    return new RecordedEvent(position, at, stream, sequence, event(), Map.of());
  }
}
