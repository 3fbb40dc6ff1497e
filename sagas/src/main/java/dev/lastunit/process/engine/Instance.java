package dev.lastunit.process.engine;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * One instance of a process as memory has it: a snapshot of its row at a version.
 *
 * @param state where it is
 * @param attempt failed attempts of the present effect
 * @param dueAt when it is looked at, or until when it is leased; null when only an event wakes it
 * @param leaseOwner node that runs it; null when nobody does
 * @param version grows with every write
 * @param parkedReason null unless parked
 * @param lastError text of the last failure; null when there was none
 * @param history what happened, oldest first, at most {@value #HISTORY_LIMIT} lines
 */
record Instance<S extends ProcessState>(
    String id,
    S state,
    int attempt,
    Instant dueAt,
    String leaseOwner,
    long version,
    String parkedReason,
    Instant parkedAt,
    String lastError,
    List<String> history,
    Instant createdAt) {

  static final int HISTORY_LIMIT = 40;
  static final int ERROR_LIMIT = 300;

  boolean parked() {
    return parkedReason != null;
  }

  /**
   * An instance that has no state and no row yet. Its version is one that no earlier instance of
   * the same identifier can have had, so that what still runs for that one is recognised as stale.
   */
  static <S extends ProcessState> Instance<S> begin(String id, Instant now) {
    return new Instance<>(
        id, null, 0, null, null, now.toEpochMilli() << 8, null, null, null, List.of(), now);
  }

  /** What is left of an ended instance, should something begin again before its row has gone. */
  Instance<S> over() {
    return new Instance<>(
        id, null, 0, null, null, version + 1, null, null, null, List.of(), createdAt);
  }

  /** The same, to be looked at at another time, and whose it is until then. */
  Instance<S> leased(Instant until, String owner) {
    return new Instance<>(
        id,
        state,
        attempt,
        until,
        owner,
        version,
        parkedReason,
        parkedAt,
        lastError,
        history,
        createdAt);
  }

  /** The instance one write later, in another state, without failures. */
  Instance<S> moved(S next, Instant due, String owner, String line) {
    return new Instance<>(
        id, next, 0, due, owner, version + 1, null, null, null, with(line), createdAt);
  }

  /** The instance one write later, with something noted in its state. */
  Instance<S> noted(S next, String line) {
    return new Instance<>(
        id,
        next,
        attempt,
        dueAt,
        leaseOwner,
        version + 1,
        parkedReason,
        parkedAt,
        lastError,
        with(line),
        createdAt);
  }

  /** The instance one write later, to be tried again. */
  Instance<S> retrying(int failedAttempts, Instant due, String error, String line) {
    return new Instance<>(
        id,
        state,
        failedAttempts,
        due,
        null,
        version + 1,
        null,
        null,
        error,
        with(line),
        createdAt);
  }

  /** The instance one write later, parked. */
  Instance<S> parked(int failedAttempts, String reason, String error, String line, Instant now) {
    return new Instance<>(
        id,
        state,
        failedAttempts,
        null,
        null,
        version + 1,
        reason,
        now,
        error,
        with(line),
        createdAt);
  }

  private List<String> with(String line) {
    int drop = Math.max(0, history.size() + 1 - HISTORY_LIMIT);
    List<String> lines = new ArrayList<>(history.size() + 1);
    lines.addAll(history.subList(drop, history.size()));
    lines.add(line);
    return lines;
  }
}
