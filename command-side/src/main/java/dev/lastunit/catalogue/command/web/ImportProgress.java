package dev.lastunit.catalogue.command.web;

import dev.lastunit.catalogue.command.web.ImportView.LineError;
import dev.lastunit.catalogue.command.web.ImportView.State;
import java.util.TreeMap;

/**
 * Counts an import while it runs. Safe for all threads; never blocks for longer than a copy of the
 * errors takes.
 */
final class ImportProgress {

  /** How many rejections are told, the first by line; all are counted. */
  static final int MAX_ERRORS = 1_000;

  private final String importId;
  private final TreeMap<Long, String> errors = new TreeMap<>();
  private long read;
  private long accepted;
  private long rejected;
  private long position;

  ImportProgress(String importId) {
    this.importId = importId;
  }

  synchronized void read() {
    read++;
  }

  /**
   * @param position of the record's last event, 0 when it was not sent at all
   */
  synchronized void accepted(long position) {
    accepted++;
    this.position = Math.max(this.position, position);
  }

  synchronized void rejected(long line, String reason) {
    rejected++;
    if (errors.size() < MAX_ERRORS || line < errors.lastKey()) {
      errors.put(line, reason);
      if (errors.size() > MAX_ERRORS) {
        errors.pollLastEntry();
      }
    }
  }

  /** How far the import has got. */
  synchronized ImportView view() {
    return view(State.RUNNING, null);
  }

  /** How the import ended. Until the database knows it, {@link #view} goes on to say running. */
  synchronized ImportView ended(String failureOrNull) {
    return view(failureOrNull == null ? State.COMPLETED : State.FAILED, failureOrNull);
  }

  private ImportView view(State state, String failure) {
    var list =
        errors.entrySet().stream().map(e -> new LineError(e.getKey(), e.getValue())).toList();
    return new ImportView(importId, state, read, accepted, rejected, list, failure, position);
  }
}
