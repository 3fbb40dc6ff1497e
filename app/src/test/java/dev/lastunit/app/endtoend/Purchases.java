package dev.lastunit.app.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lastunit.app.endtoend.ShopClient.Answer;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import tools.jackson.databind.JsonNode;

/**
 * Buyers who buy while something is done to the service, and what they were told. Afterwards each
 * key is sent again: what was acknowledged must be there, what was unknown gets settled.
 */
final class Purchases {

  private static final int BUYERS = 12;
  private static final int SKUS = 20;
  private static final int UNITS_OF_EACH = 400;
  private static final Duration SETTLING = Duration.ofSeconds(60);
  private static final String UNKNOWN = "unknown";

  /** What a buyer was told about a key: the order's identifier, or {@link #UNKNOWN}. */
  private final Map<String, String> told = new ConcurrentHashMap<>();

  private final AtomicInteger keys = new AtomicInteger();

  /** What is done while buyers buy. */
  interface Disturbance {
    void run() throws Exception;
  }

  /** Puts on sale what the buyers buy. */
  void offer(ShopProcess shop) {
    ShopClient operator = operator(shop);
    for (int i = 0; i < SKUS; i++) {
      operator.offer(sku(i), 250, UNITS_OF_EACH);
    }
  }

  /** Lets the buyers buy until the disturbance is over. */
  void during(ShopProcess shop, Disturbance disturbance) throws Exception {
    AtomicBoolean buying = new AtomicBoolean(true);
    ShopClient buyer = buyer(shop);
    try (ExecutorService threads = Executors.newFixedThreadPool(BUYERS)) {
      for (int i = 0; i < BUYERS; i++) {
        threads.submit(() -> buy(buyer, buying));
      }
      disturbance.run();
      buying.set(false);
    }
  }

  /** How many orders were asked for without learning of an order so far. */
  long unknown() {
    return told.size() - acknowledged();
  }

  /** How many orders have been acknowledged so far. */
  long acknowledged() {
    return told.values().stream().filter(answer -> !UNKNOWN.equals(answer)).count();
  }

  /** Settles every key; money, stock and the audit must agree with what the buyers got. */
  void settle(ShopProcess shop) {
    ShopClient buyer = buyer(shop);
    int sold = 0;
    for (Map.Entry<String, String> attempt : told.entrySet()) {
      sold += settle(buyer, attempt.getKey(), attempt.getValue());
    }
    ShopClient auditor = operator(shop);
    int soldByStock = 0;
    for (int i = 0; i < SKUS; i++) {
      JsonNode stock = auditor.stock(sku(i), buyer.seen());
      assertThat(stock.get("reserved").asInt()).isZero();
      assertThat(stock.get("onHand").asInt() + stock.get("sold").asInt()).isEqualTo(UNITS_OF_EACH);
      soldByStock += stock.get("sold").asInt();
    }
    assertThat(soldByStock).isEqualTo(sold);
    Invariants.hold(auditor);
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
    Map<String, Integer> units = Map.of(sku(number % SKUS), 1, sku((number + 7) % SKUS), 1);
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

  private static ShopClient buyer(ShopProcess shop) {
    return ShopClient.of(shop.base(), "buyer", "customer");
  }

  private static ShopClient operator(ShopProcess shop) {
    return ShopClient.of(shop.base(), "operator", "operator", "warehouse", "analyst");
  }

  private static String sku(int number) {
    return "kept-" + number;
  }
}
