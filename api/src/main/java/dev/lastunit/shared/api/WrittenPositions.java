package dev.lastunit.shared.api;

import java.util.Map;

/**
 * What the event handlers have stored with their rows: how a copy of the database is known to hold
 * them. Never blocks on the database.
 */
public interface WrittenPositions {

  /**
   * By handler, the position that was stored with its last rows; 0 when there are none. A copy of
   * the database in which this position is stored, or a later one, holds all that {@link
   * Positions#of} has told of the handler before this call. What keeps nothing in the database is
   * not named.
   */
  Map<String, Long> written();
}
