package dev.lastunit.process.engine;

import dev.lastunit.process.engine.ParkedProcesses.Parked;
import dev.lastunit.shared.api.Problem;
import java.util.List;

/**
 * One kind of things that wait for an operator. All methods block on the database: not for an event
 * loop's thread. Safe for several threads.
 */
public interface ParkedThings {

  /**
   * Whether things of this name are among these.
   *
   * @param process the part of an identifier before its first colon
   */
  boolean has(String process);

  /**
   * Parked things, the longest parked first; among those of one instant by process and instance.
   *
   * @param after the last one of the page before, perhaps of another kind; null for the first page
   * @param limit at least 1
   */
  List<Parked> list(Parked after, int limit);

  /**
   * A parked thing.
   *
   * @param id {@code <process>:<instance>}, of a process that is among these
   * @throws Problem NOT_FOUND when there is no such parked thing
   */
  Parked find(String id);

  /**
   * Tries a parked thing again, from the step that failed, with all attempts.
   *
   * @return the thing as it was parked
   * @throws Problem NOT_FOUND when there is no such parked thing
   */
  Parked retry(String id);

  /**
   * Gives a parked thing up: where it can be undone that begins, otherwise it stays, marked as
   * abandoned.
   *
   * @return true when undoing began, false when it was only marked
   * @throws Problem NOT_FOUND when there is no such parked thing
   */
  boolean abandon(String id);
}
