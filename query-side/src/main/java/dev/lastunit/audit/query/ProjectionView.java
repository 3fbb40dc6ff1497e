package dev.lastunit.audit.query;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.lastunit.shared.api.Positions;
import java.util.List;

/**
 * How far one event handler is.
 *
 * @param name of the handler, {@code context.view}
 * @param position up to which it has committed everything
 * @param head of the event store, as this node knows it
 * @param lag events that it has to handle still
 * @param status {@code live} while it keeps up, {@code catching-up} beyond {@link #LIVE} events
 * @param replay null: none is running
 */
@JsonInclude(JsonInclude.Include.ALWAYS)
public record ProjectionView(
    String name, long position, long head, long lag, String status, Replay replay) {

  /** Lag up to which a handler counts as live: a second's worth under load. */
  static final long LIVE = 1_000;

  /**
   * A rebuild that is under way.
   *
   * @param state {@code running}, {@code paused}, {@code completed} or {@code failed}
   * @param progress 0 to 1
   */
  public record Replay(String state, double progress, long eventsPerSecond, String eta) {}

  /** Every handler, by name. */
  public static List<ProjectionView> all(Positions positions) {
    // The head is read last, so that no handler seems to be ahead of it.
    var all = positions.all();
    long head = positions.head();
    return all.entrySet().stream()
        .map(entry -> of(entry.getKey(), entry.getValue(), head))
        .sorted((a, b) -> a.name().compareTo(b.name()))
        .toList();
  }

  private static ProjectionView of(String name, long position, long head) {
    long lag = Math.max(0, head - position);
    return new ProjectionView(
        name, position, head, lag, lag <= LIVE ? "live" : "catching-up", null);
  }
}
