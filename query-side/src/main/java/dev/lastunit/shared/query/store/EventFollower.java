package dev.lastunit.shared.query.store;

import dev.lastunit.shared.api.LiveEvents;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * The store's events without an end: those that are there, then those that come. Everything is read
 * from the store by position; the live events only say when to look again, so nothing is lost or
 * told twice between the two.
 *
 * <p>Thread-safe; never blocks; a slow client slows only its own reading.
 */
public final class EventFollower {

  /** Looks again after this long even when nothing was heard. */
  private static final Duration PATIENCE = Duration.ofSeconds(5);

  private final StoredEvents store;
  private final LiveEvents live;

  public EventFollower(StoredEvents store, LiveEvents live) {
    this.store = store;
    this.live = live;
  }

  /**
   * Follows the store until cancelled, or up to a position.
   *
   * @param after position after which to begin
   * @param upTo last position to tell; ends once the store is so far. {@link Long#MAX_VALUE} for no
   *     end
   * @return ascending positions; fails when the database does, and may be resumed after the last
   *     position that it told
   */
  public Flux<StoredEvent> follow(EventFilter filter, long after, long upTo) {
    return Flux.defer(
        () -> {
          Doorbell bell = new Doorbell();
          AtomicLong cursor = new AtomicLong(after);
          return Flux.using(
              () -> live.watchAll(event -> bell.ring()),
              watch ->
                  Flux.defer(() -> round(filter, cursor, upTo, bell))
                      .repeat(() -> cursor.get() < upTo),
              LiveEvents.Watch::close);
        });
  }

  /** Everything that is there, then waits for more. */
  private Flux<StoredEvent> round(EventFilter filter, AtomicLong cursor, long upTo, Doorbell bell) {
    Mono<Void> rung = bell.next();
    return store
        .head()
        .map(head -> Math.min(head, upTo))
        .flatMapMany(
            head ->
                head <= cursor.get() && head < upTo
                    ? rung.timeout(PATIENCE, Mono.empty()).thenMany(Flux.<StoredEvent>empty())
                    : store
                        .batches(filter, cursor.get(), head, Long.MAX_VALUE)
                        .concatMapIterable(events -> events, 1)
                        .concatWith(
                            Mono.fromRunnable(() -> cursor.accumulateAndGet(head, Math::max))));
  }
}
