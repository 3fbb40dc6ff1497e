package dev.lastunit.bench;

import dev.lastunit.bench.baseline.Pgbench;
import dev.lastunit.bench.load.Load;
import dev.lastunit.bench.load.Pace;
import dev.lastunit.bench.load.Tally;
import dev.lastunit.bench.load.Target;
import dev.lastunit.bench.load.Timing;
import dev.lastunit.bench.measure.Database;
import dev.lastunit.bench.measure.Meter;
import dev.lastunit.bench.measure.Service;
import dev.lastunit.bench.measure.Use;
import dev.lastunit.bench.report.Latency;
import dev.lastunit.bench.report.Markdown;
import dev.lastunit.bench.report.Step;
import dev.lastunit.bench.report.Subject;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Measures one step after the other and keeps what came out, also when a later one fails. */
final class Steps {

  /** Of the arrivals that were due; less is not worth a word. */
  private static final double UNSENT_WORTH_A_NOTE = 0.01;

  /** Cores that an idle service may take before it is said. */
  private static final double IDLE_WORTH_A_NOTE = 0.05;

  private static final int WARMING_CLIENTS = 32;

  private final Database database;
  private final Service service;
  private final Timing timing;
  private final List<Step> steps = new ArrayList<>();

  Steps(Database database, Service service, Timing timing) {
    this.database = database;
    this.service = service;
    this.timing = timing;
  }

  /** Load that is not measured, for a server that has just started: its JVM compiles meanwhile. */
  void warm(long server, Target target, Duration time) throws InterruptedException {
    Load.run(
        target,
        new Pace.Closed(WARMING_CLIENTS),
        new Timing(time, Duration.ofSeconds(1)),
        new Meter(database, service, server));
  }

  /**
   * Over HTTP.
   *
   * @param server process that answers
   */
  void http(Subject subject, long server, String workload, Target target, Pace pace)
      throws InterruptedException {
    http(subject, server, workload, target, pace, timing);
  }

  /** Over HTTP, for a time of its own. */
  void http(Subject subject, long server, String workload, Target target, Pace pace, Timing length)
      throws InterruptedException {
    Meter meter = new Meter(database, service, server);
    Tally tally = Load.run(target, pace, length, meter);
    Use use = meter.use(tally.answered());
    Double offered = pace instanceof Pace.Open open ? open.perSecond() : null;
    Double sent =
        offered == null || tally.due() == 0
            ? null
            : offered * (tally.due() - tally.unsent()) / tally.due();
    keep(
        new Step(
            subject,
            workload,
            offered == null ? pace.connections() : null,
            offered,
            sent,
            tally.perSecond(),
            Latency.of(tally.latency()),
            tally.statuses(),
            tally.errors(),
            use,
            note(tally, pace, sent, use)));
  }

  /** By pgbench. */
  void sql(String workload, Pgbench pgbench, int clients) throws IOException, InterruptedException {
    Meter meter = new Meter(database, service, 0);
    Pgbench.Outcome outcome = pgbench.run(workload, clients, timing, meter);
    Use use = meter.use(outcome.latency().getTotalCount());
    keep(
        new Step(
            Subject.PGBENCH,
            workload,
            clients,
            null,
            null,
            outcome.perSecond(),
            Latency.of(outcome.latency()),
            Map.of(),
            Map.of(),
            use,
            idle(use)));
  }

  private void keep(Step step) {
    steps.add(step);
    System.out.println(Markdown.brief(step));
  }

  private static String note(Tally tally, Pace pace, Double sent, Use use) {
    if (sent != null && tally.unsent() > tally.due() * UNSENT_WORTH_A_NOTE) {
      return String.format(
          Locale.ROOT,
          "the rate could not be offered: %.1f/s were sent, as all %d connections were busy;"
              + " requests never sent count with the time they waited",
          sent,
          pace.connections());
    }
    return idle(use);
  }

  private static String idle(Use use) {
    return use.idleServiceCores() == null || use.idleServiceCores() < IDLE_WORTH_A_NOTE
        ? null
        : String.format(
            Locale.ROOT, "the idle service took %.2f cores meanwhile", use.idleServiceCores());
  }

  /** For steps that are measured at the same time. */
  Steps another() {
    return new Steps(database, service, timing);
  }

  /** Takes over what another one has measured. */
  void addAll(Steps other) {
    steps.addAll(other.steps);
  }

  /** All so far. */
  List<Step> all() {
    return List.copyOf(steps);
  }

  /** The highest rate of the service in a closed loop; 0 when there was none. */
  double best(String workload) {
    return steps.stream()
        .filter(step -> step.subject() == Subject.SERVICE && step.clients() != null)
        .filter(step -> step.workload().equals(workload))
        .mapToDouble(Step::perSecond)
        .max()
        .orElse(0);
  }
}
