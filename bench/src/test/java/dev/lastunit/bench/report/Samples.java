package dev.lastunit.bench.report;

import dev.lastunit.bench.measure.Machine;
import dev.lastunit.bench.measure.Use;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.HdrHistogram.Histogram;

/** Made-up results. */
final class Samples {

  static final Use USE = new Use(1.25, 0.5, 0.1, 4_321.0, 7.0, 42.5, null);

  private Samples() {}

  static Histogram histogram() {
    Histogram nanos = new Histogram(3);
    for (int i = 1; i <= 1_000; i++) {
      nanos.recordValue(i * 1_000_000L);
    }
    return nanos;
  }

  static Step closed(Subject subject, String workload, int clients, double perSecond) {
    return new Step(
        subject,
        workload,
        clients,
        null,
        null,
        perSecond,
        Latency.of(histogram()),
        Map.of(201, 1_000L),
        Map.of("IOException: a | b", 2L),
        USE,
        null);
  }

  static Step open(Subject subject, String workload, double offered, String note) {
    return new Step(
        subject,
        workload,
        null,
        offered,
        offered / 2,
        offered / 2,
        Latency.of(histogram()),
        Map.of(),
        Map.of(),
        USE,
        note);
  }

  static Report report(List<Step> steps, List<Check> checks) {
    return new Report(
        Instant.parse("2026-11-24T10:00:00Z"),
        "abc123",
        "bench/run --seconds 3",
        Map.of("warm-up", "5 s"),
        new Machine(2, "A processor", 24_000, "Linux 6", "JDK 25", "17.11", 0.5),
        steps,
        checks,
        List.of("Something was left out."));
  }
}
