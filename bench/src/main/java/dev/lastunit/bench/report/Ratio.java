package dev.lastunit.bench.report;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * The service beside the baselines, for one workload and load. A rate or time is null where it was
 * not measured, and so is what follows from it.
 *
 * @param clients of a closed loop, null for an open one
 */
public record Ratio(
    String workload,
    Integer clients,
    String load,
    double service,
    Double pgbench,
    Double classic,
    Double serviceP99,
    Double classicP99) {

  /** Those of all steps of the service. */
  public static List<Ratio> of(List<Step> steps) {
    return steps.stream()
        .filter(step -> step.subject() == Subject.SERVICE)
        .map(
            step -> {
              Optional<Step> classic = find(steps, Subject.CLASSIC, step);
              return new Ratio(
                  step.workload(),
                  step.clients(),
                  step.load(),
                  step.perSecond(),
                  find(steps, Subject.PGBENCH, step).map(Step::perSecond).orElse(null),
                  classic.map(Step::perSecond).orElse(null),
                  step.latency().p99(),
                  classic.map(found -> found.latency().p99()).orElse(null));
            })
        .toList();
  }

  private static Optional<Step> find(List<Step> steps, Subject subject, Step like) {
    return steps.stream()
        .filter(step -> step.subject() == subject && step.isLike(like))
        .findFirst();
  }

  /** The service's rate in those of pgbench. */
  @JsonProperty
  public Double toPgbench() {
    return divide(service, pgbench);
  }

  /** The service's rate in those of the classic shop. */
  @JsonProperty
  public Double toClassic() {
    return divide(service, classic);
  }

  private static Double divide(double value, Double by) {
    return Objects.isNull(by) || by == 0 ? null : value / by;
  }
}
