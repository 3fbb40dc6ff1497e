package dev.lastunit.process.engine;

import dev.lastunit.process.engine.Decision.Wake;
import dev.lastunit.shared.api.ErrorCode;
import dev.lastunit.shared.api.Problem;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * One process on this node: how many of its instances may run, and what a stimulus makes of an
 * instance. Safe for several threads; never blocks.
 */
final class ProcessRuntime<S extends ProcessState> {

  /** What becomes of an instance. */
  sealed interface Step<S extends ProcessState> {
    /** Nothing is written. */
    record Nothing<S extends ProcessState>() implements Step<S> {}

    /** The instance is written; {@code goOn}: its effect is to be run by this node at once. */
    record Write<S extends ProcessState>(Instance<S> next, boolean goOn) implements Step<S> {}

    /** The instance's row goes. */
    record Delete<S extends ProcessState>(String outcome) implements Step<S> {}
  }

  private final ProcessDefinition<S> definition;
  private final EngineSettings settings;
  private final Backoff backoff;
  private final MeterRegistry meters;
  private final AtomicInteger inFlight = new AtomicInteger();
  private final AtomicInteger parked = new AtomicInteger();
  private final Counter retries;
  private final Counter parkings;
  private volatile boolean backlog;

  ProcessRuntime(
      ProcessDefinition<S> definition,
      EngineSettings settings,
      Backoff backoff,
      MeterRegistry meters) {
    this.definition = definition;
    this.settings = settings;
    this.backoff = backoff;
    this.meters = meters;
    Gauge.builder("lastunit.process.in.flight", this, ProcessRuntime::inFlight)
        .description("Instances that this node is running")
        .tag("process", definition.name())
        .register(meters);
    Gauge.builder("lastunit.process.parked", parked, AtomicInteger::get)
        .description("Instances that wait for an operator")
        .tag("process", definition.name())
        .register(meters);
    this.retries =
        Counter.builder("lastunit.process.retries")
            .description("Effects that failed and are tried again")
            .tag("process", definition.name())
            .register(meters);
    this.parkings =
        Counter.builder("lastunit.process.parkings")
            .description("Instances that were given up and wait for an operator")
            .tag("process", definition.name())
            .register(meters);
  }

  ProcessDefinition<S> definition() {
    return definition;
  }

  String name() {
    return definition.name();
  }

  /** What a row says. */
  Instance<S> read(InstanceRow row) {
    return row.toInstance(definition.stateType());
  }

  int inFlight() {
    return inFlight.get();
  }

  int free() {
    return Math.max(0, settings.maxInFlight() - inFlight.get());
  }

  void parkedNow(int count) {
    parked.set(count);
  }

  /**
   * Takes places for instances that are about to run.
   *
   * @return how many were free, at most {@code wanted}
   */
  int tryReserve(int wanted) {
    int taken = inFlight.get();
    while (true) {
      int got = Math.clamp(settings.maxInFlight() - taken, 0, wanted);
      int found = inFlight.compareAndExchange(taken, taken + got);
      if (found == taken) {
        return got;
      }
      taken = found;
    }
  }

  /** Takes a place for an instance that is in memory anyway and goes on, free or not. */
  void reserveOne() {
    inFlight.incrementAndGet();
  }

  void release(int places) {
    inFlight.addAndGet(-places);
  }

  /** Whether rows are due that found no place; then the oldest come first, by the table. */
  boolean backlog() {
    return backlog;
  }

  void backlog(boolean waiting) {
    backlog = waiting;
  }

  /** Whether so many places are free that searching the table for what waits is worth it. */
  boolean worthPolling() {
    return free() >= Math.max(1, Math.min(64, settings.maxInFlight() / 4));
  }

  Timer effectTimer(String step) {
    return Timer.builder("lastunit.process.effect")
        .description("Time from the start of an effect to its outcome")
        .tag("process", definition.name())
        .tag("state", step)
        .register(meters);
  }

  void ended(String outcome) {
    Counter.builder("lastunit.process.ended")
        .description("Instances that came to an end")
        .tag("process", definition.name())
        .tag("outcome", outcome)
        .register(meters)
        .increment();
  }

  void retried() {
    retries.increment();
  }

  void parkedOne() {
    parkings.increment();
  }

  /** Decides an event. The instance has no state yet when there is no row. */
  Step<S> onEvent(Instance<S> current, Stimulus stimulus, Instant now) {
    Decision<S> decision = definition.decide(current.state(), stimulus);
    return switch (decision) {
      case Decision.Ignored<S> ignored -> new Step.Nothing<>();
      case Decision.Ended<S> ended -> new Step.Delete<>(ended.outcome());
      case Decision.Moved<S> moved when moved.wake() instanceof Wake.AsBefore ->
          new Step.Write<>(
              current.noted(moved.state(), line(now, current, stimulus, moved.state())), false);
      case Decision.Moved<S> moved -> move(current, moved, stimulus, now, false);
    };
  }

  /** Decides an effect's outcome or a time-out. */
  Step<S> onOutcome(Instance<S> current, Stimulus stimulus, Instant now, boolean mayGoOn) {
    Decision<S> decision = definition.decide(current.state(), stimulus);
    return switch (decision) {
      case Decision.Ignored<S> ignored when !current.state().active() ->
          new Step.Write<>(
              current.moved(current.state(), null, null, line(now, current, stimulus, null)),
              false);
      case Decision.Ignored<S> ignored ->
          throw new IllegalStateException(
              current.state().step() + " has no answer to its outcome " + stimulus.label());
      case Decision.Ended<S> ended -> new Step.Delete<>(ended.outcome());
      case Decision.Moved<S> moved when moved.wake() instanceof Wake.AsBefore ->
          throw new IllegalStateException(
              current.state().step() + " only notes its outcome " + stimulus.label());
      case Decision.Moved<S> moved -> move(current, moved, stimulus, now, mayGoOn);
    };
  }

  /** Decides the failure of an effect: again later, or parked. */
  Step<S> onFailure(Instance<S> current, Throwable failure, Instant now) {
    Throwable cause = unwrap(failure);
    int failed = current.attempt() + 1;
    String error = describe(cause);
    if (cause instanceof StuckException) {
      return new Step.Write<>(
          current.parked(failed, "stuck", error, failureLine(now, current, failed, error), now),
          false);
    }
    if (failed >= settings.attempts() && !overloaded(cause)) {
      return new Step.Write<>(
          current.parked(
              failed, "attempts-exhausted", error, failureLine(now, current, failed, error), now),
          false);
    }
    Instant due = now.plus(backoff.after(failed));
    return new Step.Write<>(
        current.retrying(failed, due, error, failureLine(now, current, failed, error)), false);
  }

  private Step<S> move(
      Instance<S> current, Decision.Moved<S> moved, Stimulus stimulus, Instant now, boolean goOn) {
    S next = moved.state();
    String line = line(now, current, stimulus, next);
    return switch (moved.wake()) {
      case Wake.Now now1 -> {
        if (!next.active()) {
          throw new IllegalStateException(next.step() + " has no effect to run");
        }
        yield goOn
            ? new Step.Write<>(
                current.moved(next, leaseUntil(current, now), settings.node(), line), true)
            : new Step.Write<>(current.moved(next, now, null, line), true);
      }
      case Wake.After after ->
          new Step.Write<>(current.moved(next, now.plus(after.delay()), null, line), false);
      case Wake.At at -> new Step.Write<>(current.moved(next, at.instant(), null, line), false);
      case Wake.Never never -> {
        if (next.active()) {
          throw new IllegalStateException(next.step() + " would never be run");
        }
        yield new Step.Write<>(current.moved(next, null, null, line), false);
      }
      case Wake.AsBefore asBefore -> throw new IllegalStateException("Not a move");
    };
  }

  /**
   * The lease of the next step. A fresh one is kept as it is: then the row's index entries stay the
   * same, and writing it is cheaper.
   */
  private Instant leaseUntil(Instance<S> current, Instant now) {
    Instant full = now.plus(settings.lease());
    boolean fresh =
        settings.node().equals(current.leaseOwner())
            && current.dueAt() != null
            && Duration.between(current.dueAt(), full).compareTo(settings.leaseSlack()) < 0;
    return fresh ? current.dueAt() : full;
  }

  private static String line(
      Instant now, Instance<?> current, Stimulus stimulus, ProcessState next) {
    String from = current.state() == null ? "" : current.state().step() + " ";
    return now + " " + from + stimulus.label() + (next == null ? "" : " -> " + next.step());
  }

  private static String failureLine(Instant now, Instance<?> current, int failed, String error) {
    return now + " " + current.state().step() + " failed (" + failed + "): " + error;
  }

  static Throwable unwrap(Throwable failure) {
    Throwable cause = failure;
    while (cause instanceof CompletionException && cause.getCause() != null) {
      cause = cause.getCause();
    }
    return cause;
  }

  private static boolean overloaded(Throwable cause) {
    return cause instanceof Problem problem && problem.code() == ErrorCode.OVERLOADED;
  }

  /** One line about a failure, fit for a row: bounded, and without what a text column refuses. */
  static String describe(Throwable cause) {
    String text =
        cause instanceof StuckException
            ? String.valueOf(cause.getMessage())
            : cause.getClass().getSimpleName()
                + (cause.getMessage() == null ? "" : ": " + cause.getMessage());
    String clean = text.replaceAll("\\p{Cntrl}+", " ");
    return clean.length() <= Instance.ERROR_LIMIT
        ? clean
        : clean.substring(0, Instance.ERROR_LIMIT) + "…";
  }
}
