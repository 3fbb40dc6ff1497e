package dev.lastunit.shared.api;

import java.util.Map;

/**
 * How far the event handlers of this system have got. Cheap enough to ask on every request: never
 * blocks on the database.
 */
public interface Positions {

  /**
   * Position up to which the handler has committed everything, or published it where the node keeps
   * it for itself; 0 when it has not begun. What is read after this call is at least as new.
   *
   * @param handler name of an {@link EventBatchHandler} or {@link NodeEventHandler}
   */
  long of(String handler);

  /** Position of the last event that this node knows to be committed. */
  long head();

  /** All handlers with their positions. */
  Map<String, Long> all();

  /**
   * Position of the {@link EventBatchHandler} that is farthest behind: up to there every one of
   * them has committed everything. Does not count what keeps events for a node of its own.
   */
  default long slowest() {
    return all().values().stream().mapToLong(Long::longValue).reduce(head(), Math::min);
  }
}
