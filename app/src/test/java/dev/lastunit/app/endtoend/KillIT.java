package dev.lastunit.app.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lastunit.app.endtoend.ShopClient.Answer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/**
 * Kills the service under load, five times: its JVM alone, or JVM and database together. What was
 * acknowledged is there, what was unknown is settled by the same key, the audit holds, and nothing
 * is charged twice.
 */
class KillIT {

  private static final int ROUNDS = 5;
  private static final int BUYERS = 12;
  private static final int SKUS = 20;
  private static final int UNITS_OF_EACH = 400;
  private static final Duration LOAD = Duration.ofSeconds(3);
  private static final Duration SETTLING = Duration.ofSeconds(60);

  @TempDir Path directory;

  /** What a buyer was told about a key: the order's identifier, or {@link #UNKNOWN}. */
  private final Map<String, String> told = new ConcurrentHashMap<>();

  private final AtomicInteger keys = new AtomicInteger();

  private static final String UNKNOWN = "unknown";

  @Test
  void losesNothingAndDoublesNothing() throws Exception {
    int port = ShopProcess.freePort();
    ShopProcess shop = ShopProcess.start(directory, port);
    ShopClient operator =
        ShopClient.of(shop.base(), "operator", "operator", "warehouse", "analyst");
    for (int i = 0; i < SKUS; i++) {
      operator.offer("kill-" + i, 250, UNITS_OF_EACH);
    }
    for (int round = 1; round <= ROUNDS; round++) {
      loadAndKill(shop, round % 2 == 0);
      shop = ShopProcess.start(directory, port);
    }
    try (ShopProcess last = shop) {
      ShopClient buyer = ShopClient.of(last.base(), "buyer", "customer");
      assertThat(told).as("orders tried").hasSizeGreaterThan(ROUNDS);
      assertThat(told).containsValue(UNKNOWN);
      int sold = 0;
      for (Map.Entry<String, String> attempt : told.entrySet()) {
        sold += settle(buyer, attempt.getKey(), attempt.getValue());
      }
      ShopClient auditor =
          ShopClient.of(last.base(), "operator", "operator", "warehouse", "analyst");
      int soldByStock = 0;
      for (int i = 0; i < SKUS; i++) {
        JsonNode stock = auditor.stock("kill-" + i, buyer.seen());
        assertThat(stock.get("reserved").asInt()).isZero();
        assertThat(stock.get("onHand").asInt() + stock.get("sold").asInt())
            .isEqualTo(UNITS_OF_EACH);
        soldByStock += stock.get("sold").asInt();
      }
      assertThat(soldByStock).isEqualTo(sold);
      Invariants.hold(auditor);
    }
  }

  private void loadAndKill(ShopProcess shop, boolean databaseToo) throws Exception {
    AtomicBoolean buying = new AtomicBoolean(true);
    ShopClient buyer = ShopClient.of(shop.base(), "buyer", "customer");
    try (ExecutorService threads = Executors.newFixedThreadPool(BUYERS)) {
      for (int i = 0; i < BUYERS; i++) {
        threads.submit(() -> buy(buyer, buying));
      }
      ShopClient.sleep(LOAD.toMillis());
      if (databaseToo) {
        shop.killJvmAndDatabase();
      } else {
        shop.killJvm();
      }
      buying.set(false);
    }
  }

  private void buy(ShopClient buyer, AtomicBoolean buying) {
    while (buying.get()) {
      String key = "key-" + keys.incrementAndGet();
      told.put(key, UNKNOWN);
      try {
        Answer answer = send(buyer, key, 10);
        if (answer.status() == 201) {
          told.put(key, answer.body().get("orderId").asString());
        }
      } catch (RuntimeException e) {
        return;
      }
    }
  }

  /** The same key always asks for the same units. */
  private static Answer send(ShopClient buyer, String key, int waitSeconds) {
    int number = Integer.parseInt(key.substring("key-".length()));
    Map<String, Integer> units =
        Map.of("kill-" + number % SKUS, 1, "kill-" + (number + 7) % SKUS, 1);
    String token = number % 10 == 0 ? "tok_async" : "tok_ok";
    return buyer.order(key, units, token, waitSeconds);
  }

  /** Settles a key by sending it again; answers the units that it bought. */
  private static int settle(ShopClient buyer, String key, String told) {
    Answer answer = send(buyer, key, 30);
    String orderId = answer.body().get("orderId").asString();
    if (!UNKNOWN.equals(told)) {
      assertThat(orderId).as("the order that was acknowledged for " + key).isEqualTo(told);
      assertThat(answer.header("Idempotency-Replayed")).isEqualTo("true");
    }
    JsonNode order = awaitPaid(buyer, orderId);
    Invariants.moneyAgrees(buyer, order);
    boolean confirmed = "confirmed".equals(order.get("status").asString());
    assertThat(confirmed || UNKNOWN.equals(told)).as(key + " was acknowledged").isTrue();
    return confirmed ? 2 : 0;
  }

  private static JsonNode awaitPaid(ShopClient buyer, String orderId) {
    long deadline = System.nanoTime() + SETTLING.toNanos();
    JsonNode order;
    do {
      order = buyer.get("/v1/orders/" + orderId).expect(200).body();
      String status = order.get("status").asString();
      String payment =
          order.get("payment").isNull() ? "none" : order.get("payment").get("status").asString();
      if ("rejected".equals(status) || "captured".equals(payment)) {
        return order;
      }
      ShopClient.sleep(20 + ThreadLocalRandom.current().nextInt(60));
    } while (System.nanoTime() < deadline);
    throw new AssertionError(orderId + " did not settle: " + order);
  }
}
