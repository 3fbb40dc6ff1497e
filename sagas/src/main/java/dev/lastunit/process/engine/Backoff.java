package dev.lastunit.process.engine;

import java.time.Duration;
import java.util.random.RandomGenerator;

/**
 * How long to wait before the next attempt: doubling from {@code base} up to {@code cap}, of which
 * a random half is taken off, so that what failed together does not come back together.
 *
 * @param base wait after the first failure, before jitter
 * @param cap longest wait, before jitter
 * @param random must be safe for several threads
 */
public record Backoff(Duration base, Duration cap, RandomGenerator random) {

  /**
   * The wait after an attempt.
   *
   * @param failedAttempts how many attempts have failed so far, at least 1
   */
  public Duration after(int failedAttempts) {
    int doublings = Math.min(Math.max(failedAttempts - 1, 0), 30);
    long millis = Math.min(cap.toMillis(), base.toMillis() << doublings);
    if (millis < 0) {
      millis = cap.toMillis();
    }
    return Duration.ofMillis(millis / 2 + random.nextLong(millis / 2 + 1));
  }
}
