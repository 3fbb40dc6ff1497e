package dev.lastunit.shared.query.store;

import dev.lastunit.shared.api.ErrorCode;
import dev.lastunit.shared.api.Problem;
import dev.lastunit.shared.api.Problem.Violation;
import dev.lastunit.shared.api.RecordedEvent;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiConsumer;
import java.util.function.LongFunction;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/**
 * Rebuilds states of the past from events. What is rebuilt at a position never changes.
 *
 * <p>Cost: all events of a stream up to the position are read and folded, 1,000 by one statement,
 * one batch in memory; so a SKU with 300,000 events costs 300 statements. At most {@link #AT_ONCE}
 * states are rebuilt at once on a node. Thread-safe; never blocks: events are folded on a thread
 * for such work.
 */
public final class PastReads {

  static final int AT_ONCE = 8;

  private final StoredEvents store;
  private final AtomicInteger running = new AtomicInteger();

  /**
   * @param store where the events are
   */
  public PastReads(StoredEvents store) {
    this.store = store;
  }

  /**
   * A state and where it was.
   *
   * @param value null when there was no such thing yet
   * @param position up to which events are folded in
   */
  public record Found<T>(T value, long position) {}

  /**
   * Rebuilds a state.
   *
   * @param minPosition the store must have got so far; 0 for any
   * @param rebuild the state at a position; empty when there was none
   * @return fails with INVALID_FIELD for a position beyond the end of the store, READ_MODEL_BEHIND
   *     when it ends before {@code minPosition}, and OVERLOADED when enough states are being
   *     rebuilt
   */
  public <T> Mono<Found<T>> at(PointInTime point, long minPosition, LongFunction<Mono<T>> rebuild) {
    return Mono.defer(
        () -> {
          if (running.incrementAndGet() > AT_ONCE) {
            running.decrementAndGet();
            return Mono.error(
                new Problem(
                    ErrorCode.OVERLOADED,
                    "Enough states of the past are being rebuilt; try again"));
          }
          return store
              .headAtLeast(minPosition)
              .flatMap(head -> position(point, head))
              .flatMap(
                  position ->
                      rebuild
                          .apply(position)
                          .map(value -> new Found<>(value, position))
                          .defaultIfEmpty(new Found<>(null, position)))
              .doFinally(signal -> running.decrementAndGet());
        });
  }

  private Mono<Long> position(PointInTime point, long head) {
    if (point.at() != null) {
      return store.positionAt(point.at());
    }
    return point.position() <= head
        ? Mono.just(point.position())
        : Mono.error(
            () ->
                Problem.invalid(
                    ErrorCode.INVALID_FIELD,
                    List.of(new Violation("position", "the event store ends at " + head))));
  }

  /**
   * Folds the events of a stream, in order.
   *
   * @param upTo last position
   * @param state is given each event; confined to one thread at a time
   * @return the state, also when there are no events
   */
  public <S> Mono<S> fold(String stream, long upTo, S state, BiConsumer<S, RecordedEvent> step) {
    EventFilter ofStream = EventFilter.ofStream(stream);
    return store
        .batches(ofStream, 0, upTo, Long.MAX_VALUE)
        .publishOn(Schedulers.boundedElastic(), 1)
        .doOnNext(batch -> batch.forEach(event -> step.accept(state, event.recorded())))
        .then(Mono.just(state));
  }
}
