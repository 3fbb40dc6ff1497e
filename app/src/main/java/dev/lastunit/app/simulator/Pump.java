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

  private final String name;
  private final Supplier<Mono<Void>> round;
  private final AtomicInteger wakes = new AtomicInteger();
  private final Disposable.Composite running = Disposables.composite();
  private volatile boolean started;

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
    started = true;
    running.add(Flux.interval(Duration.ZERO, TICK).subscribe(tick -> wake()));
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
    if (started && !running.isDisposed() && wakes.getAndIncrement() == 0) {
      turn();
    }
  }

  private void turn() {
    var seen = wakes.get();
    var current =
        Mono.defer(round)
            .subscribeOn(Schedulers.parallel())
            .onErrorResume(
                failure -> {
                  LOG.warn("{}: a round failed, the next tick tries again", name, failure);
                  return Mono.empty();
                })
            .doFinally(
                signal -> {
                  if (wakes.addAndGet(-seen) > 0 && !running.isDisposed()) {
                    turn();
                  }
                });
    var slot = Disposables.swap();
    running.add(slot);
    slot.update(current.doFinally(signal -> running.remove(slot)).subscribe());
  }

  /**
   * Stops for good. A round in flight is cancelled; what it had claimed falls due again by its
   * lease.
   */
  void stop() {
    running.dispose();
  }
}
