package dev.lastunit.shared.query.store;

import java.time.Instant;

/**
 * A point in the history of the store: a position, or an instant and thereby the last position that
 * was recorded by then.
 *
 * @param position 1 or more; null when an instant is given
 * @param at null when a position is given
 */
public record PointInTime(Long position, Instant at) {

  /** After the event at a position. */
  public static PointInTime position(long position) {
    return new PointInTime(position, null);
  }

  /** After everything that was recorded at an instant or before. */
  public static PointInTime instant(Instant at) {
    return new PointInTime(null, at);
  }
}
