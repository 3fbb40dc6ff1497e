package dev.lastunit.shared.query;

import dev.lastunit.shared.api.ErrorCode;
import dev.lastunit.shared.api.Positions;
import dev.lastunit.shared.api.Problem;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Lets a read wait until its read model has got as far as the reader asks, so that a client reads
 * its own writes.
 *
 * <p>Threads: never blocks; while it waits it looks at the positions in memory every 2 ms.
 */
public final class ReadModelGate {

  /** How long a read waits before it is refused; from the contract. */
  public static final Duration PATIENCE = Duration.ofSeconds(2);

  private static final Duration LOOK_AGAIN = Duration.ofMillis(2);

  private final Positions positions;

  public ReadModelGate(Positions positions) {
    this.positions = positions;
  }

  /**
   * Completes with the model's position as soon as that is at least {@code minPosition}. Read the
   * rows only after it has completed.
   *
   * @param handler name of the model's {@link dev.lastunit.shared.api.EventBatchHandler}
   * @param minPosition 0 for any
   * @return fails after {@link #PATIENCE} with READ_MODEL_BEHIND (a repeat is safe)
   */
  public Mono<Long> reached(String handler, long minPosition) {
    return reached(handler, minPosition, () -> 0);
  }

  /**
   * The same for a reader that has its answer from two sources: completes as soon as either is so
   * far, with the position of the one that is further.
   *
   * @param other position of the other source; must return at once
   */
  public Mono<Long> reached(String handler, long minPosition, LongSupplier other) {
    return reached(() -> Math.max(positions.of(handler), other.getAsLong()), minPosition);
  }

  /**
   * The same for a model that knows its position itself.
   *
   * @param position must return at once; negative while nothing can be read
   */
  public Mono<Long> reached(LongSupplier position, long minPosition) {
    return Mono.defer(
        () -> {
          long now = position.getAsLong();
          if (now >= minPosition) {
            return Mono.just(now);
          }
          return Flux.interval(LOOK_AGAIN)
              .onBackpressureDrop()
              .map(tick -> position.getAsLong())
              .filter(reached -> reached >= minPosition)
              .next()
              .timeout(PATIENCE, Mono.error(() -> behind(position.getAsLong(), minPosition)));
        });
  }

  private static Problem behind(long position, long minPosition) {
    return new Problem(
        ErrorCode.READ_MODEL_BEHIND,
        position < 0
            ? "The read model is being built; try again"
            : "The read model has not reached position " + minPosition + " yet; try again",
        List.of(),
        Map.of("position", Math.max(0, position), "minPosition", minPosition));
  }
}
