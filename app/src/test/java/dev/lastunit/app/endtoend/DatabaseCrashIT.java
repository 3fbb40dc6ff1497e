package dev.lastunit.app.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Crashes the database alone under load, three times, while the service lives: PostgreSQL ends all
 * connections, forgets what it had not written to its log yet, and recovers. The service goes on
 * from what it has in memory, so nothing that it counts as written may be gone. It sells again by
 * itself, and a service that begins with an empty memory finds every row.
 */
class DatabaseCrashIT {

  private static final int CRASHES = 3;
  private static final Duration LOAD = Duration.ofSeconds(3);
  private static final Duration RECOVERY = Duration.ofSeconds(30);

  @TempDir Path directory;

  @Test
  void goesOnByItselfAndLosesNothing() throws Exception {
    int port = ShopProcess.freePort();
    Purchases purchases = new Purchases();
    try (ShopProcess shop = ShopProcess.start(directory, port)) {
      purchases.offer(shop);
      purchases.during(
          shop,
          () -> {
            for (int crash = 1; crash <= CRASHES; crash++) {
              ShopClient.sleep(LOAD.toMillis());
              shop.crashDatabase();
              awaitSales(purchases, purchases.acknowledged());
            }
          });
    }
    try (ShopProcess fresh = ShopProcess.start(directory, port)) {
      purchases.settle(fresh);
    }
  }

  private static void awaitSales(Purchases purchases, long before) {
    long deadline = System.nanoTime() + RECOVERY.toNanos();
    while (purchases.acknowledged() < before + 5) {
      assertThat(System.nanoTime())
          .as("the service sells again within " + RECOVERY)
          .isLessThan(deadline);
      ShopClient.sleep(50);
    }
  }
}
