package dev.lastunit.catalogue.command.web;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayDeque;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * How fast an import has been during the last half minute, and when it will end if it goes on like
 * that. Not thread-safe.
 */
final class ImportSpeed {

  private static final Duration LOOK_BACK = Duration.ofSeconds(30);

  /** Shorter times say little. */
  private static final Duration LEAST = Duration.ofSeconds(2);

  private final ArrayDeque<Sample> samples = new ArrayDeque<>();

  private record Sample(Instant at, long records, long bytes) {}

  /** How far the import is now; called in the order of time. */
  void note(Instant at, long records, long bytes) {
    samples.add(new Sample(at, records, bytes));
    while (samples.size() > 2
        && Duration.between(samples.peekFirst().at(), at).compareTo(LOOK_BACK) > 0) {
      samples.poll();
    }
  }

  /** Records a second, rounded; empty as long as there is too little to tell. */
  OptionalLong recordsPerSecond() {
    return isEnough()
        ? OptionalLong.of(
            Math.round((samples.peekLast().records() - samples.peekFirst().records()) / seconds()))
        : OptionalLong.empty();
  }

  /** When so many bytes will be done; empty as long as there is too little to tell. */
  Optional<Instant> end(long allBytes) {
    if (!isEnough() || samples.peekLast().bytes() <= samples.peekFirst().bytes()) {
      return Optional.empty();
    }
    var last = samples.peekLast();
    double bytesPerSecond = (last.bytes() - samples.peekFirst().bytes()) / seconds();
    long left = Math.round(Math.max(0, allBytes - last.bytes()) / bytesPerSecond);
    return Optional.of(last.at().plusSeconds(left).truncatedTo(ChronoUnit.SECONDS));
  }

  private boolean isEnough() {
    return samples.size() > 1
        && Duration.between(samples.peekFirst().at(), samples.peekLast().at()).compareTo(LEAST)
            >= 0;
  }

  private double seconds() {
    return Duration.between(samples.peekFirst().at(), samples.peekLast().at()).toMillis() / 1e3;
  }
}
