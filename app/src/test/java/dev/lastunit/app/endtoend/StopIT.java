package dev.lastunit.app.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lastunit.app.endtoend.ShopClient.Answer;
import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.net.http.HttpTimeoutException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/**
 * Stops the service under load, as an operator does, and starts it again. Every request is
 * answered, refused in so many words, or finds nobody listening; what was begun is decided soon
 * after the start, without a lease having to run out; and the same key buys once.
 */
class StopIT {

  private static final int BUYERS = 16;
  private static final String PLENTY = "stop-plenty";
  private static final String FEW = "stop-few";
  private static final int PLENTY_UNITS = 1_000_000;
  private static final int FEW_UNITS = 40;

  /** One order in so many asks for what there is little of, so that it runs out under the load. */
  private static final int FEW_EVERY = 20;

  private static final Duration LOAD = Duration.ofSeconds(4);
  private static final Duration STOPPED_WITHIN = Duration.ofSeconds(20);

  /** Much shorter than a lease, so that nothing can have waited for one to run out. */
  private static final Duration DECIDED_WITHIN = Duration.ofSeconds(15);

  private static final int TERMINATED = 128 + 15;

  @TempDir Path directory;

  /** What a buyer came to know of a key; {@code answer} is null when there was none. */
  private record Told(Answer answer) {

    String orderId() {
      JsonNode orderId = answer == null ? null : answer.body().get("orderId");
      return orderId == null ? null : orderId.asString();
    }

    boolean isRefused() {
      return answer != null && answer.status() == 503;
    }
  }

  private final Map<String, Told> told = new ConcurrentHashMap<>();
  private final AtomicInteger keys = new AtomicInteger();
  private ExecutorService threads;

  @BeforeEach
  void makeThreads() {
    threads = Executors.newFixedThreadPool(BUYERS);
  }

  @AfterEach
  void endThreads() {
    threads.shutdownNow();
  }

  @Test
  void finishesWhatIsInFlightAndRefusesTheRestClearly() throws Exception {
    int port = ShopProcess.freePort();
    try (ShopProcess shop = ShopProcess.start(directory, port)) {
      ShopClient operator = operator(shop);
      operator.offer(PLENTY, 250, PLENTY_UNITS);
      operator.offer(FEW, 250, FEW_UNITS);
      ShopClient buyer = ShopClient.of(shop.base(), "buyer", "customer");
      List<Future<Void>> buyers = new ArrayList<>();
      for (int i = 0; i < BUYERS; i++) {
        buyers.add(threads.submit(() -> buyUntilNobodyListens(buyer)));
      }
      ShopClient.sleep(LOAD.toMillis());
      assertThat(shop.stop(STOPPED_WITHIN)).as("exit status").isIn(0, TERMINATED);
      for (Future<Void> each : buyers) {
        each.get(5, TimeUnit.SECONDS);
      }
      assertThatNothingWentWrong(shop);
    }
    assertThat(told.values()).filteredOn(one -> one.orderId() != null).hasSizeGreaterThan(BUYERS);

    try (ShopProcess shop = ShopProcess.start(directory, port)) {
      ShopClient buyer = ShopClient.of(shop.base(), "buyer", "customer");
      forEachKey(key -> decided(buyer, told.get(key).orderId()));
      int fewSold = forEachKey(key -> settle(buyer, key)) + buyTheRest(buyer);
      assertThat(fewSold).isEqualTo(FEW_UNITS);

      ShopClient operator = operator(shop);
      assertThat(conserved(operator, buyer.seen(), FEW, FEW_UNITS)).isEqualTo(FEW_UNITS);
      conserved(operator, buyer.seen(), PLENTY, PLENTY_UNITS);
      Invariants.hold(operator);
      assertThat(operator.get("/v1/parked").expect(200).body().get("items")).isEmpty();
      assertThat(shop.stop(STOPPED_WITHIN)).as("exit status").isIn(0, TERMINATED);
      assertThatNothingWentWrong(shop);
    }
  }

  private static ShopClient operator(ShopProcess shop) {
    return ShopClient.of(shop.base(), "operator", "operator", "warehouse", "analyst");
  }

  private Void buyUntilNobodyListens(ShopClient buyer) {
    while (true) {
      String key = "key-" + keys.incrementAndGet();
      told.put(key, new Told(null));
      try {
        Answer answer = send(buyer, key);
        told.put(key, new Told(answer));
        assertThatIsProper(answer);
      } catch (UncheckedIOException e) {
        assertThat(e.getCause()).isNotInstanceOf(HttpTimeoutException.class);
        if (e.getCause() instanceof ConnectException) {
          return null;
        }
      }
    }
  }

  private static void assertThatIsProper(Answer answer) {
    assertThat(answer.status()).as(answer.text()).isIn(201, 202, 402, 409, 503);
    if (answer.status() >= 400) {
      assertThat(answer.header("Content-Type")).startsWith("application/problem+json");
    }
    if (answer.status() == 503) {
      assertThat(answer.header("Retry-After")).as(answer.text()).isNotNull();
      assertThat(answer.body().get("type").asString()).endsWith("overloaded");
    }
  }

  /** The same key always asks for the same units. */
  private static Answer send(ShopClient buyer, String key) {
    return buyer.order(key, Map.of(sku(key), 1), "tok_ok", 10);
  }

  private static String sku(String key) {
    int number = Integer.parseInt(key.substring("key-".length()));
    return number % FEW_EVERY == 0 ? FEW : PLENTY;
  }

  /** What became of an order that was acknowledged before the stop. */
  private static int decided(ShopClient buyer, String orderId) {
    if (orderId != null) {
      buyer.awaitDecision(orderId, DECIDED_WITHIN);
    }
    return 0;
  }

  /** Settles a key by sending it again; answers how many of the few units it bought. */
  private int settle(ShopClient buyer, String key) {
    Told before = told.get(key);
    Answer answer = send(buyer, key);
    assertThat(answer.status()).as(key + ": " + answer.text()).isIn(201, 409);
    String orderId = answer.body().get("orderId").asString();
    String replayed = answer.header("Idempotency-Replayed");
    if (before.orderId() != null) {
      assertThat(orderId)
          .as("the order that was acknowledged for " + key)
          .isEqualTo(before.orderId());
      assertThat(replayed).as("replay of " + key).isEqualTo("true");
      if (before.answer().status() != 202) {
        assertThat(answer.status()).as(key).isEqualTo(before.answer().status());
      }
    }
    if (before.isRefused()) {
      assertThat(replayed).as(key + " was refused before: " + before.answer().text()).isNull();
    }
    assertThat(send(buyer, key).body().get("orderId").asString()).isEqualTo(orderId);
    JsonNode order = buyer.awaitDecision(orderId, DECIDED_WITHIN);
    Invariants.moneyAgrees(buyer, awaitMoney(buyer, order));
    boolean confirmed = "confirmed".equals(order.get("status").asString());
    return confirmed && FEW.equals(sku(key)) ? 1 : 0;
  }

  /** A confirmed order's capture may come a moment after its confirmation. */
  private static JsonNode awaitMoney(ShopClient buyer, JsonNode order) {
    long deadline = System.nanoTime() + DECIDED_WITHIN.toNanos();
    JsonNode latest = order;
    while ("confirmed".equals(latest.get("status").asString())
        && !"captured".equals(latest.get("payment").get("status").asString())
        && System.nanoTime() < deadline) {
      ShopClient.sleep(50);
      latest = buyer.get("/v1/orders/" + order.get("orderId").asString()).expect(200).body();
    }
    return latest;
  }

  /** Buys the units that the load left, until there are none. */
  private static int buyTheRest(ShopClient buyer) {
    int bought = 0;
    while (bought <= FEW_UNITS) {
      Answer answer = buyer.order(ShopClient.newKey(), Map.of(FEW, 1), "tok_ok", 10);
      if (answer.status() == 409) {
        break;
      }
      answer.expect(201);
      bought++;
    }
    return bought;
  }

  private static int conserved(ShopClient operator, long position, String sku, int units) {
    JsonNode stock = operator.stock(sku, position);
    assertThat(stock.get("reserved").asInt()).as(stock.toString()).isZero();
    int sold = stock.get("sold").asInt();
    assertThat(stock.get("onHand").asInt() + sold).as(stock.toString()).isEqualTo(units);
    return sold;
  }

  private static void assertThatNothingWentWrong(ShopProcess shop) {
    assertThat(shop.printed().lines())
        .filteredOn(
            line ->
                line.contains(" ERROR ")
                    || line.startsWith("\tat ")
                    || line.contains("Exception")
                    || line.contains("Took up"))
        .isEmpty();
  }

  private interface OfKey {
    int apply(String key);
  }

  /** Does it for every key, several at a time; answers the sum. */
  private int forEachKey(OfKey work) throws Exception {
    List<Callable<Integer>> calls = new ArrayList<>();
    told.keySet().forEach(key -> calls.add(() -> work.apply(key)));
    int sum = 0;
    for (Future<Integer> each : threads.invokeAll(calls)) {
      sum += each.get();
    }
    return sum;
  }
}
