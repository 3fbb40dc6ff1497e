package dev.lastunit.bench.load;

import java.util.Map;
import java.util.TreeMap;
import org.HdrHistogram.Histogram;

/**
 * Counts what came of requests within a measured time. Latency, statuses and errors are those of
 * requests that were due in that time, also when they were answered after it; the rate is that of
 * answers within it. Not thread-safe: each thread has its own, added up at the end.
 */
public final class Tally {

  private static final int SIGNIFICANT_DIGITS = 3;

  private final Histogram latency = new Histogram(SIGNIFICANT_DIGITS);
  private final Map<Integer, Long> statuses = new TreeMap<>();
  private final Map<String, Long> errors = new TreeMap<>();
  private final long beginNanos;
  private final long endNanos;
  private long answered;
  private long due;
  private long unsent;

  /**
   * An empty one.
   *
   * @param beginNanos of the measured time, as by {@link System#nanoTime}
   */
  Tally(long beginNanos, long endNanos) {
    this.beginNanos = beginNanos;
    this.endNanos = endNanos;
  }

  void record(Reply reply, long dueNanos, long doneNanos) {
    if (reply.counts() && doneNanos - beginNanos >= 0 && doneNanos - endNanos < 0) {
      answered++;
    }
    if (!within(dueNanos)) {
      return;
    }
    due++;
    if (reply.error() != null) {
      errors.merge(reply.error(), 1L, Long::sum);
    } else {
      statuses.merge(reply.status(), 1L, Long::sum);
    }
    if (reply.counts()) {
      latency.recordValue(doneNanos - dueNanos);
    }
  }

  /** A request that was still waiting to be sent at the end: it took at least as long as that. */
  void recordUnsent(long dueNanos) {
    if (within(dueNanos)) {
      due++;
      unsent++;
      latency.recordValue(endNanos - dueNanos);
    }
  }

  private boolean within(long nanos) {
    return nanos - beginNanos >= 0 && nanos - endNanos < 0;
  }

  void add(Tally other) {
    latency.add(other.latency);
    other.statuses.forEach((status, count) -> statuses.merge(status, count, Long::sum));
    other.errors.forEach((error, count) -> errors.merge(error, count, Long::sum));
    answered += other.answered;
    due += other.due;
    unsent += other.unsent;
  }

  /** Nanoseconds, of the replies that count and of what was never sent. */
  public Histogram latency() {
    return latency;
  }

  /** How often each HTTP status came. */
  public Map<Integer, Long> statuses() {
    return statuses;
  }

  /** How often each failure came. */
  public Map<String, Long> errors() {
    return errors;
  }

  /** Replies that count and came within the measured time. */
  public long answered() {
    return answered;
  }

  /** Requests that were due within the measured time. */
  public long due() {
    return due;
  }

  /** Those of them that found no free connection before it was over. */
  public long unsent() {
    return unsent;
  }

  /** Replies that count a second. */
  public double perSecond() {
    return answered * 1e9 / (endNanos - beginNanos);
  }
}
