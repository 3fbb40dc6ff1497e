package dev.lastunit.bench.report;

import dev.lastunit.bench.measure.Use;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;

/**
 * One measured step.
 *
 * @param clients of a closed loop, null for an open one
 * @param offered arrivals a second of an open loop, null for a closed one
 * @param sent arrivals a second that were really sent, null for a closed loop
 * @param perSecond answers that count
 * @param statuses how often each HTTP status came; empty for SQL
 * @param note what to know when reading the figures, else null
 */
public record Step(
    Subject subject,
    String workload,
    Integer clients,
    Double offered,
    Double sent,
    double perSecond,
    Latency latency,
    Map<Integer, Long> statuses,
    Map<String, Long> errors,
    Use use,
    String note) {

  /** The load, in words. */
  public String load() {
    return clients == null
        ? String.format(Locale.ROOT, offered < 10 ? "%.1f/s" : "%.0f/s", offered)
        : clients + (clients == 1 ? " client" : " clients");
  }

  /** Whether the other step did the same work under the same load. */
  boolean isLike(Step other) {
    return workload.equals(other.workload)
        && Objects.equals(clients, other.clients)
        && Objects.equals(offered, other.offered);
  }
}
