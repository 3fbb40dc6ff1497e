package dev.lastunit.app.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Kills the service under load, five times: its JVM alone, or JVM and database together. What was
 * acknowledged is there, what was unknown is settled by the same key, the audit holds, and nothing
 * is charged twice.
 */
class KillIT {

  private static final int ROUNDS = 5;
  private static final Duration LOAD = Duration.ofSeconds(3);

  @TempDir Path directory;

  @Test
  void losesNothingAndDoublesNothing() throws Exception {
    int port = ShopProcess.freePort();
    ShopProcess shop = ShopProcess.start(directory, port);
    Purchases purchases = new Purchases();
    purchases.offer(shop);
    for (int round = 1; round <= ROUNDS; round++) {
      ShopProcess victim = shop;
      boolean databaseToo = round % 2 == 0;
      purchases.during(
          victim,
          () -> {
            ShopClient.sleep(LOAD.toMillis());
            if (databaseToo) {
              victim.killJvmAndDatabase();
            } else {
              victim.killJvm();
            }
          });
      shop = ShopProcess.start(directory, port);
    }
    assertThat(purchases.unknown()).as("orders without an answer").isPositive();
    try (ShopProcess last = shop) {
      purchases.settle(last);
    }
  }
}
