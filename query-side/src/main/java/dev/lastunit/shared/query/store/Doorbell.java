package dev.lastunit.shared.query.store;

import java.util.concurrent.atomic.AtomicReference;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.core.scheduler.Schedulers;

/**
 * Wakes a reader that has read everything there is. Take {@link #next()} first, then read, then
 * wait for it: what rings in between is not missed.
 *
 * <p>Thread-safe; ringing returns at once.
 */
public final class Doorbell {

  private final AtomicReference<Sinks.Empty<Void>> next = new AtomicReference<>(Sinks.empty());

  /** Wakes whoever has taken {@link #next()} before. */
  public void ring() {
    next.getAndSet(Sinks.empty()).tryEmitEmpty();
  }

  /**
   * Completes with the first ring after this call, also when nobody is subscribed yet; on a thread
   * that is not the ringer's.
   */
  public Mono<Void> next() {
    return next.get().asMono().publishOn(Schedulers.parallel());
  }
}
