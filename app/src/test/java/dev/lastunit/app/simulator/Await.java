package dev.lastunit.app.simulator;

import static org.assertj.core.api.Assertions.fail;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** Waits for what another thread brings about. */
final class Await {

  private static final Duration LIMIT = Duration.ofSeconds(10);

  private Await() {}

  /** Returns once the condition holds; fails with the words after ten seconds. */
  static void until(String what, BooleanSupplier condition) {
    var end = System.nanoTime() + LIMIT.toNanos();
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() > end) {
        fail("Not within " + LIMIT + ": " + what);
      }
      LockSupport.parkNanos(20_000_000);
    }
  }
}
