package dev.lastunit.process.engine;

import dev.lastunit.process.engine.ProcessRuntime.Step;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * An instance that lives in memory only: begun a moment ago, and most likely over before it would
 * be worth a row. Should the node end, the events from its first one on are delivered again.
 *
 * <p>It becomes a row when it grows old, when it needs time or an operator, or when there is no
 * place to run it; from then on the engine runs it from its row. Events come by the handler's
 * thread, outcomes by any; each method is one step, under the instance's own lock. None blocks.
 */
final class Young<S extends ProcessState> {

  private enum Phase {
    YOUNG,
    /** Its row is being written; outcomes wait until that is decided. */
    STORING,
    STORED,
    OVER
  }

  /** What an effect came to while the row was being written. */
  private record Waiting(Stimulus outcome, Throwable failure) {}

  private final ProcessEngine engine;
  private final ProcessRuntime<S> runtime;
  private final YoungInstances<S> home;
  private final long position;
  private final long bornNanos = System.nanoTime();
  private final List<Waiting> waiting = new ArrayList<>(0);
  private Instance<S> current;
  private Phase phase = Phase.YOUNG;
  private boolean running;
  private volatile boolean urgent;

  /**
   * @param position of the event that began it
   */
  Young(
      ProcessEngine engine,
      ProcessRuntime<S> runtime,
      YoungInstances<S> home,
      long position,
      Instance<S> begun) {
    this.engine = engine;
    this.runtime = runtime;
    this.home = home;
    this.position = position;
    this.current = begun;
  }

  String id() {
    return current.id();
  }

  synchronized String step() {
    return current.state().step();
  }

  long position() {
    return position;
  }

  /** Whether it should become a row now. */
  boolean wantsRow(long nowNanos, long youngNanos) {
    return urgent || nowNanos - bornNanos >= youngNanos;
  }

  /** Runs its first effect, or leaves it to the table when there is no place. */
  synchronized void start(boolean place) {
    if (place) {
      running = true;
      engine.perform(runtime, current, this::finished);
    } else {
      wantRow();
    }
  }

  /** It waits from the start. A short wait is the table's business, as is what finds no room. */
  synchronized void await(boolean room, Instant now) {
    if (!room || needsTime(now)) {
      wantRow();
    }
  }

  /**
   * An event has come.
   *
   * @return false when the instance is over, so that the event finds none
   */
  synchronized boolean happened(Stimulus stimulus, Instant now) {
    if (phase == Phase.OVER) {
      return false;
    }
    switch (runtime.onEvent(current, stimulus, now)) {
      case Step.Nothing<S> nothing -> {}
      case Step.Delete<S> delete -> end(delete.outcome());
      case Step.Write<S> write -> {
        current = write.next();
        if (write.goOn() && !running) {
          wake();
        } else if (needsTime(now)) {
          wantRow();
        }
      }
    }
    return true;
  }

  private void wake() {
    if (phase == Phase.YOUNG && engine.isRunning()) {
      runtime.reserveOne();
      running = true;
      engine.perform(runtime, current, this::finished);
    } else {
      wantRow();
    }
  }

  private synchronized void finished(Stimulus outcome, Throwable failure) {
    switch (phase) {
      case YOUNG -> goOn(outcome, failure);
      case STORING -> waiting.add(new Waiting(outcome, failure));
      case STORED -> engine.finish(runtime, current, outcome, failure);
      case OVER -> engine.release(runtime, 1);
    }
  }

  private void goOn(Stimulus outcome, Throwable failure) {
    switch (engine.decide(runtime, current, outcome, failure)) {
      case Step.Nothing<S> nothing -> pause();
      case Step.Delete<S> delete -> {
        end(delete.outcome());
        pause();
      }
      case Step.Write<S> write -> {
        current = write.next();
        engine.report(runtime, current);
        if (write.goOn() && current.leaseOwner() != null) {
          engine.perform(runtime, current, this::finished);
        } else {
          pause();
          if (write.goOn() || current.parked() || needsTime(engine.clock().instant())) {
            wantRow();
          }
        }
      }
    }
  }

  private void end(String outcome) {
    phase = Phase.OVER;
    home.over(this);
    runtime.ended(outcome);
  }

  private void pause() {
    running = false;
    engine.release(runtime, 1);
  }

  /** Nobody looks at the time of a young instance. */
  private boolean needsTime(Instant now) {
    return !running
        && current.dueAt() != null
        && current.dueAt().isBefore(now.plus(engine.settings().young()).plusMillis(500));
  }

  private void wantRow() {
    urgent = true;
    home.wantCheckpoint();
  }

  /** The row to be written; null when the instance is over. Until it is stored outcomes wait. */
  synchronized InstanceRow store(Instant now) {
    if (phase == Phase.OVER) {
      return null;
    }
    phase = Phase.STORING;
    if (running) {
      current =
          engine.isRunning()
              ? current.leased(now.plus(engine.settings().lease()), engine.settings().node())
              : current.leased(now, null);
    }
    return InstanceRow.of(runtime.name(), current);
  }

  /**
   * The row is committed: the engine goes on with it.
   *
   * @return whether it is due and nobody runs it
   */
  synchronized boolean stored(Instant now) {
    phase = Phase.STORED;
    for (Waiting one : waiting) {
      engine.finish(runtime, current, one.outcome(), one.failure());
    }
    waiting.clear();
    return !running && current.dueAt() != null && !current.dueAt().isAfter(now);
  }

  /** Another node has it now: whatever its effect comes to counts no more. */
  synchronized void drop() {
    phase = Phase.OVER;
    waiting.forEach(one -> engine.release(runtime, 1));
    waiting.clear();
  }
}
