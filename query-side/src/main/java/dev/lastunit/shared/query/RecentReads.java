package dev.lastunit.shared.query;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.time.Duration;
import reactor.core.publisher.Mono;

/**
 * Answers that cost more than a row by its key, kept for a moment and shared by everyone who asks
 * the same: one read runs however many wait for it. A reader that asks for a position later than
 * that of the kept answer gets a new one, so that clients read their own writes.
 *
 * <p>Bounded; thread-safe; never blocks. A failed read is not kept.
 *
 * @param <K> the question; equal questions share an answer
 * @param <V> the answer; immutable
 */
public final class RecentReads<K, V> {

  private static final Duration FOR_EVER = Duration.ofMillis(Long.MAX_VALUE);

  private final Cache<K, Kept<V>> kept;

  private record Kept<V>(long position, Mono<V> answer) {}

  /**
   * @param age how old an answer may get
   * @param size how many answers are kept
   */
  public RecentReads(Duration age, long size) {
    this.kept = Caffeine.newBuilder().expireAfterWrite(age).maximumSize(size).build();
  }

  /**
   * The kept answer, or a new one.
   *
   * @param minPosition what the reader wants the answer to hold at least
   * @param position what the model has reached now, at least {@code minPosition}
   * @param read reads the answer from the model; subscribed when nothing fit is kept
   */
  public Mono<V> get(K question, long minPosition, long position, Mono<V> read) {
    return Mono.defer(
        () ->
            kept.asMap()
                .compute(
                    question,
                    (key, old) ->
                        old != null && old.position >= minPosition
                            ? old
                            : new Kept<>(
                                position,
                                read.cache(
                                    value -> FOR_EVER, error -> Duration.ZERO, () -> FOR_EVER)))
                .answer);
  }
}
