package dev.lastunit.bench.measure;

import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How long read models took to show events, from the service's metric {@code
 * lastunit_projection_delay_seconds}: from an event's recording, some moments before its commit, to
 * the commit of the rows.
 *
 * @param counts events shown within so many seconds since the service started, by read model
 */
record Delays(Map<String, SortedMap<Double, Long>> counts) {

  private static final Pattern BUCKET =
      Pattern.compile(
          "lastunit_projection_delay_seconds_bucket\\{(?=[^}]*handler=\"([^\"]+)\")"
              + "(?=[^}]*le=\"([^\"]+)\")[^}]*} (\\S+)");

  /** Handlers of processes: what they make is no read model. */
  private static final String PROCESS = "process.";

  /**
   * Reads what the service tells.
   *
   * @param metrics in Prometheus' text format
   */
  static Delays parse(String metrics) {
    Map<String, SortedMap<Double, Long>> counts = new TreeMap<>();
    Matcher line = BUCKET.matcher(metrics);
    while (line.find()) {
      if (!line.group(1).startsWith(PROCESS)) {
        double bound =
            line.group(2).equals("+Inf")
                ? Double.POSITIVE_INFINITY
                : Double.parseDouble(line.group(2));
        counts
            .computeIfAbsent(line.group(1), name -> new TreeMap<>())
            .put(bound, (long) Double.parseDouble(line.group(3)));
      }
    }
    return new Delays(counts);
  }

  /**
   * The time within which 99 of 100 events since then were shown by the read model that was
   * slowest, in milliseconds; within a bucket events are taken to be spread evenly. Null when there
   * was no event.
   */
  Double p99MillisSince(Delays before) {
    Double slowest = null;
    for (Map.Entry<String, SortedMap<Double, Long>> model : counts.entrySet()) {
      SortedMap<Double, Long> earlier = before.counts.getOrDefault(model.getKey(), new TreeMap<>());
      SortedMap<Double, Long> since = new TreeMap<>();
      model
          .getValue()
          .forEach((bound, count) -> since.put(bound, count - earlier.getOrDefault(bound, 0L)));
      Double p99 = p99Millis(since);
      if (p99 != null && (slowest == null || p99 > slowest)) {
        slowest = p99;
      }
    }
    return slowest;
  }

  private static Double p99Millis(SortedMap<Double, Long> cumulative) {
    long all = cumulative.isEmpty() ? 0 : cumulative.get(cumulative.lastKey());
    if (all == 0) {
      return null;
    }
    double wanted = all * 0.99;
    double lower = 0;
    long below = 0;
    for (Map.Entry<Double, Long> bucket : cumulative.entrySet()) {
      if (bucket.getValue() >= wanted) {
        // The last bucket has no end: its beginning is all that is known.
        double upper = bucket.getKey().isInfinite() ? lower : bucket.getKey();
        return 1_000 * (lower + (upper - lower) * (wanted - below) / (bucket.getValue() - below));
      }
      lower = bucket.getKey();
      below = bucket.getValue();
    }
    throw new IllegalStateException("The last bucket holds all");
  }
}
