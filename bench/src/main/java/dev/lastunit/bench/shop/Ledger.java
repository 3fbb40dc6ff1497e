package dev.lastunit.bench.shop;

import dev.lastunit.bench.load.Reply;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.LongAdder;

/**
 * What a shop has said of all orders sent to it, measured or not. What it answered with 202, with a
 * fault of its own or not at all may still be confirmed. Thread safe.
 */
public final class Ledger {

  private final Map<String, Range> ranges = new ConcurrentHashMap<>();
  private final Map<String, Long> reasons = new ConcurrentSkipListMap<>();

  private static final class Range {
    private final LongAdder confirmed = new LongAdder();
    private final LongAdder undecided = new LongAdder();
  }

  void add(String workload, Reply reply) {
    Range range = ranges.computeIfAbsent(workload, name -> new Range());
    if (reply.counts()) {
      range.confirmed.increment();
    } else if (reply.status() < 400 || reply.status() >= 500) {
      range.undecided.increment();
      reasons.merge(Integer.toString(reply.status()), 1L, Long::sum);
    }
  }

  /** An order of which no answer came. */
  void addUnanswered(String workload) {
    ranges.computeIfAbsent(workload, name -> new Range()).undecided.increment();
    reasons.merge("no answer", 1L, Long::sum);
  }

  /** How often each answer came that decides nothing; shown also for the warm-up. */
  Map<String, Long> undecidedByAnswer() {
    return Map.copyOf(reasons);
  }

  /** Orders of all workloads that were acknowledged as confirmed. */
  public long confirmed() {
    return ranges.values().stream().mapToLong(range -> range.confirmed.sum()).sum();
  }

  /** Orders of all workloads that may be confirmed without our knowing. */
  public long undecided() {
    return ranges.values().stream().mapToLong(range -> range.undecided.sum()).sum();
  }

  /** Orders of one workload that were acknowledged as confirmed. */
  public long confirmed(String workload) {
    Range range = ranges.get(workload);
    return range == null ? 0 : range.confirmed.sum();
  }

  /** Orders of one workload that may be confirmed without our knowing. */
  public long undecided(String workload) {
    Range range = ranges.get(workload);
    return range == null ? 0 : range.undecided.sum();
  }
}
