package dev.lastunit.process.reconciliation;

import dev.lastunit.process.reconciliation.RunStore.Run;
import dev.lastunit.shared.api.ErrorCode;
import dev.lastunit.shared.api.Problem;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/**
 * The runs of reconciliation and what they found, for operators and analysts. All methods block on
 * the database: not for an event loop's thread. Safe for several threads.
 */
public final class Reconciliations {

  /** Differences that are told of a run. */
  static final int MOST_DIFFERENCES = 100;

  /**
   * One run.
   *
   * @param state {@code running} or {@code completed}
   * @param startedBy subject of an operator, or {@code schedule}
   * @param from charges and payments made then or later are compared
   * @param to and before this
   * @param doneUpTo what was made before this was compared
   * @param counts differences by state: {@code open}, {@code parked}, {@code healed}, {@code
   *     abandoned}
   * @param differences the latest, at most {@value #MOST_DIFFERENCES}
   * @param lastError why it could not go on; null unless it waits to try again
   */
  public record RunView(
      String runId,
      String state,
      String startedBy,
      Instant from,
      Instant to,
      Instant doneUpTo,
      long charges,
      long payments,
      Map<String, Long> counts,
      List<DifferenceView> differences,
      String lastError,
      Instant startedAt,
      Instant endedAt) {}

  /**
   * What was found under one reference.
   *
   * @param id by which it is retried and abandoned, see {@code /v1/parked}
   * @param chargeId null when there is no charge
   * @param ours what our books say, in words and minor units
   * @param theirs what the provider's say
   * @param owner {@code service} or {@code operators}
   * @param deadline until when it should be over
   * @param history what happened, oldest first, at most 40 lines
   */
  public record DifferenceView(
      String id,
      String kind,
      String state,
      String reference,
      String chargeId,
      String ours,
      String theirs,
      String owner,
      Instant deadline,
      int attempts,
      String error,
      List<String> history,
      Instant foundAt) {}

  private final RunStore runs;
  private final DifferenceStore differences;
  private final Reconciler reconciler;
  private final Clock clock;

  Reconciliations(RunStore runs, DifferenceStore differences, Reconciler reconciler, Clock clock) {
    this.runs = runs;
    this.differences = differences;
    this.reconciler = reconciler;
    this.clock = clock;
  }

  /** The name of a run that begins at an instant. */
  static String nameAt(Instant instant) {
    return "run-" + instant.toString().replace(":", "").replace("-", "");
  }

  /** The name of a run that begins now. */
  public String newName() {
    return nameAt(clock.instant());
  }

  /**
   * Refuses when a run is under way.
   *
   * @throws Problem INVALID_TRANSITION then
   */
  public void requireNoneUnderWay() {
    Run run = runs.underWay();
    if (run != null) {
      throw underWay(run.runId());
    }
  }

  /**
   * Begins a run.
   *
   * @throws Problem INVALID_TRANSITION when one is under way
   */
  public RunView begin(String runId, String startedBy, Instant from, Instant to) {
    if (!runs.begin(runId, startedBy, from, to, clock.instant())) {
      throw underWay(runId);
    }
    reconciler.wake();
    return views(List.of(runs.find(runId))).getFirst();
  }

  private static Problem underWay(String runId) {
    return new Problem(
        ErrorCode.INVALID_TRANSITION,
        "A reconciliation is under way; wait until it has ended",
        List.of(),
        Map.of("runId", runId));
  }

  /**
   * Runs, the latest first.
   *
   * @param beforeAt when the last one of the page before began; null for the first page
   * @param before its name
   */
  public List<RunView> list(Instant beforeAt, String before, int limit) {
    return views(runs.page(beforeAt, before, limit));
  }

  private List<RunView> views(List<Run> some) {
    List<String> names = some.stream().map(Run::runId).toList();
    Map<String, Map<String, Long>> counts = differences.counts(names);
    List<Difference> found = differences.ofRuns(names, MOST_DIFFERENCES);
    return some.stream()
        .map(
            run ->
                new RunView(
                    run.runId(),
                    run.endedAt() == null ? "running" : "completed",
                    run.startedBy(),
                    run.from(),
                    run.to(),
                    run.doneUpTo(),
                    run.charges(),
                    run.payments(),
                    counts.getOrDefault(run.runId(), Map.of()),
                    found.stream()
                        .filter(one -> one.runId().equals(run.runId()))
                        .map(Reconciliations::view)
                        .toList(),
                    run.lastError(),
                    run.createdAt(),
                    run.endedAt()))
        .toList();
  }

  private static DifferenceView view(Difference one) {
    return new DifferenceView(
        ParkedDifferences.PROCESS + ":" + one.id(),
        one.kind().text(),
        one.state().text(),
        one.reference(),
        one.charge() == null ? null : one.charge().chargeId(),
        one.ours(),
        one.theirs(),
        one.owner(),
        one.deadline(),
        one.attempt(),
        one.lastError(),
        one.history(),
        one.foundAt());
  }
}
