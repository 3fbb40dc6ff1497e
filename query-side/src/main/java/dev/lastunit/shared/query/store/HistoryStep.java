package dev.lastunit.shared.query.store;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.lastunit.shared.api.EventJson;
import java.time.Instant;
import java.util.Locale;
import java.util.Map;
import tools.jackson.databind.JsonNode;

/**
 * One step of a history as people read it.
 *
 * @param at when it was recorded
 * @param what the event in words, such as {@code Stock reserved}
 * @param who subject of the token by which it was asked for; null when the system did it of itself
 * @param details the event's own fields; personal ones are {@code "***"} for those who must not see
 *     them
 * @param change by name, by how much the event changed a sum; null, and then left out, where there
 *     are no sums
 */
public record HistoryStep(
    long position,
    Instant at,
    String what,
    String who,
    String stream,
    long sequence,
    String type,
    JsonNode details,
    @JsonInclude(JsonInclude.Include.NON_NULL) Map<String, Long> change) {

  /**
   * The step that an event is, of whatever type.
   *
   * @param personal whether personal data are shown
   * @param change null for none
   */
  public static HistoryStep of(StoredEvent event, boolean personal, Map<String, Long> change) {
    String payload = personal ? event.payload() : Masking.mask(event);
    return new HistoryStep(
        event.position(),
        event.at(),
        words(event.type()),
        EventJson.mapper().readTree(event.metadata()).path("subject").asString(null),
        event.stream(),
        event.sequence(),
        event.type(),
        EventJson.mapper().readTree(payload),
        change);
  }

  /** {@code inventory.StockReserved} as {@code Stock reserved}. */
  static String words(String type) {
    String name = type.substring(type.lastIndexOf('.') + 1);
    String apart = name.replaceAll("(?<=[a-z0-9])(?=[A-Z])", " ").toLowerCase(Locale.ROOT);
    return apart.isEmpty()
        ? type
        : apart.substring(0, 1).toUpperCase(Locale.ROOT) + apart.substring(1);
  }
}
