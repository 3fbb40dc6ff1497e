package dev.lastunit.catalogue.command.web;

import dev.lastunit.catalogue.command.web.ImportView.LineError;
import dev.lastunit.catalogue.command.web.ImportView.State;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;

/**
 * Counts an import while it runs. Records are answered in any order and counted in that of the
 * file: what {@link #view} says has all been done up to its last record, and nothing after it
 * counts. Whoever stores a view can therefore go on after it.
 *
 * <p>Safe for all threads; never blocks for longer than a copy of the errors takes.
 */
final class ImportProgress {

  /** How many rejections are told, the first by line; all are counted. */
  static final int MAX_ERRORS = 1_000;

  private final String importId;
  private final long fileBytes;
  private final ArrayDeque<Entry> open = new ArrayDeque<>();
  private final List<LineError> errors = new ArrayList<>();
  private final ImportSpeed speed = new ImportSpeed();
  private long accepted;
  private long rejected;
  private long position;
  private long bytes;

  /** A record whose turn to be counted has not come. */
  static final class Entry {
    private final long line;
    private final long bytes;
    private boolean settled;
    private String reason;
    private long position;

    private Entry(long line, long bytes) {
      this.line = line;
      this.bytes = bytes;
    }

    /** Number of the line on which the record begins. */
    long line() {
      return line;
    }
  }

  /**
   * Begins, or goes on where an earlier run stopped.
   *
   * @param before what was stored last
   * @param fileBytes size of the file
   */
  ImportProgress(ImportView before, long fileBytes) {
    this.importId = before.importId();
    this.fileBytes = fileBytes;
    this.accepted = before.accepted();
    this.rejected = before.rejected();
    this.position = before.position();
    this.errors.addAll(before.errors());
  }

  /** Records that are done and counted. */
  synchronized long done() {
    return accepted + rejected;
  }

  /**
   * The file's next record.
   *
   * @param fileBytesRead of the file up to its end, about
   */
  synchronized Entry read(long line, long fileBytesRead) {
    var entry = new Entry(line, fileBytesRead);
    open.add(entry);
    return entry;
  }

  /**
   * The record was taken over.
   *
   * @param recordPosition of the record's last event, 0 when it was not sent at all
   * @return how many records are counted now that were not before
   */
  int accepted(Entry entry, long recordPosition) {
    return settle(entry, null, recordPosition);
  }

  /** The record was not taken over; answers as {@link #accepted}. */
  int rejected(Entry entry, String reason) {
    return settle(entry, reason, 0);
  }

  private synchronized int settle(Entry entry, String reason, long recordPosition) {
    entry.settled = true;
    entry.reason = reason;
    entry.position = recordPosition;
    int counted = 0;
    for (var first = open.peek(); first != null && first.settled; first = open.peek()) {
      open.poll();
      count(first);
      counted++;
    }
    return counted;
  }

  private void count(Entry entry) {
    bytes = entry.bytes;
    if (entry.reason == null) {
      accepted++;
      position = Math.max(position, entry.position);
      return;
    }
    rejected++;
    if (errors.size() < MAX_ERRORS) {
      errors.add(new LineError(entry.line, entry.reason));
    }
  }

  /** To be called about every second while the import runs: rate and end are told by it. */
  synchronized void tick(Instant now) {
    if (bytes > 0) {
      speed.note(now, accepted + rejected, bytes);
    }
  }

  /** How far the import has got. */
  synchronized ImportView view() {
    var rate = speed.recordsPerSecond();
    return new ImportView(
        importId,
        State.RUNNING,
        accepted + rejected,
        accepted,
        rejected,
        List.copyOf(errors),
        null,
        bytes == 0 || fileBytes == 0 ? null : Math.min(1, (double) bytes / fileBytes),
        rate.isPresent() ? rate.getAsLong() : null,
        speed.end(fileBytes).orElse(null),
        position);
  }

  /** How the import ended. Until the database knows it, {@link #view} goes on to say running. */
  synchronized ImportView ended(String failureOrNull) {
    return new ImportView(
        importId,
        failureOrNull == null ? State.COMPLETED : State.FAILED,
        accepted + rejected,
        accepted,
        rejected,
        List.copyOf(errors),
        failureOrNull,
        null,
        null,
        null,
        position);
  }
}
