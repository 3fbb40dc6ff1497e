package dev.lastunit.app.simulator;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.core.scheduler.Schedulers;

/**
 * Runs a round of work when woken, one round at a time. Wakes that come during a round are one more
 * round afterwards, so none is lost and none piles up. A slow tick wakes it as well: for work that
 * fell due while the process was down, that another node left behind, or that a failed round did
 * not do. Safe for any thread; never blocks.
 */
final class Pump {

  private static final Logger LOG = LoggerFactory.getLogger(Pump.class);
  private static final Duration TICK = Duration.ofSeconds(1);

  /** What a stop waits for a round in flight before it cancels it. */
  private static final Duration LAST_ROUND = Duration.ofSeconds(2);

  private final String name;
  private final Supplier<Mono<Void>> round;
  private final AtomicInteger wakes = new AtomicInteger();
  private final Disposable.Swap ticks = Disposables.swap();
  private final Disposable.Composite rounds = Disposables.composite();
  private final Sinks.Empty<Void> ended = Sinks.empty();
  private volatile boolean running;

  /**
   * A pump that is not running yet.
   *
   * @param name for log lines
   * @param round all work that is due now; subscribed once per round
   */
  Pump(String name, Supplier<Mono<Void>> round) {
    this.name = name;
    this.round = round;
  }

  /** Starts ticking, with a round at once. To be called once. */
  void start() {
    running = true;
    ticks.update(Flux.interval(Duration.ZERO, TICK).subscribe(tick -> wake()));
  }

  /** Whether a round may go on to more work; false before the start and once it is to stop. */
  boolean isRunning() {
    return running;
  }

  /** Asks for a round when {@code delay} has passed. */
  void wakeAfter(Duration delay) {
    if (delay.isZero()) {
      wake();
    } else {
      Mono.delay(delay).subscribe(due -> wake());
    }
  }

  private void wake() {
    if (running && wakes.getAndIncrement() == 0) {
      turn();
    }
  }

  private void turn() {
    var seen = wakes.get();
    // A slot of its own: this round may have ended, and the next begun, before subscribe returns.
    var slot = Disposables.swap();
    rounds.add(slot);
    slot.update(
        Mono.defer(round)
            .subscribeOn(Schedulers.parallel())
            .onErrorResume(
                failure -> {
                  LOG.warn("{}: a round failed, the next tick tries again", name, failure);
                  return Mono.empty();
                })
            .doFinally(
                signal -> {
                  rounds.remove(slot);
                  turned(seen);
                })
            .subscribe());
  }

  private void turned(int seen) {
    var more = wakes.addAndGet(-seen) > 0;
    if (!running) {
      ended.tryEmitEmpty();
    } else if (more) {
      turn();
    }
  }

  /**
   * Takes on no more work. A round in flight ends after what it is doing; see {@link #stop}. Does
   * not block.
   */
  void halt() {
    running = false;
    ticks.dispose();
  }

  /**
   * Stops for good. Blocks up to two seconds for a round in flight, so that its statements are not
   * cut off, and cancels it then; what it had claimed falls due again by its lease.
   */
  void stop() {
    halt();
    if (wakes.get() > 0) {
      ended.asMono().timeout(LAST_ROUND, Mono.empty()).block();
    }
    rounds.dispose();
  }
}
