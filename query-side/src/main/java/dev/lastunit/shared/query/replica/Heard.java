package dev.lastunit.shared.query.replica;

import java.util.Map;

/**
 * What a server says of itself.
 *
 * @param instance tells servers apart, and a server from itself before its last start
 * @param store tells shops apart; the same in a database and in its copies
 * @param recovering whether it repeats the log of another server
 * @param positions stored positions of the event handlers, by name
 */
record Heard(String instance, String store, boolean recovering, Map<String, Long> positions) {

  /** Whether it is the same server, and no part of it is older than it was. */
  boolean follows(Heard earlier) {
    return instance.equals(earlier.instance)
        && recovering == earlier.recovering
        && earlier.positions.entrySet().stream()
            .allMatch(then -> positions.getOrDefault(then.getKey(), 0L) >= then.getValue());
  }

  /**
   * Why the server may not be read in place of the primary; null when it may.
   *
   * @param primary what the primary says of itself
   */
  String unfit(Heard primary) {
    if (!store.equals(primary.store)) {
      return "it holds another shop";
    }
    // One that was promoted takes writes of its own: no more a copy of the primary.
    return recovering || instance.equals(primary.instance)
        ? null
        : "it is no replica, or none any more";
  }
}
