package dev.lastunit.app.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lastunit.app.endtoend.ShopClient.Answer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/**
 * The main path and its ways back, row by row of the HTTP contract, with one service for all of
 * them.
 */
class BuyingIT {

  @TempDir static Path directory;

  private static Shop shop;
  private static ShopClient operator;
  private static ShopClient ada;

  @BeforeAll
  static void startShop() {
    shop = Shop.start(directory);
    operator = shop.operator();
    ada = shop.customer("ada");
  }

  @AfterAll
  static void stopShop() {
    Invariants.hold(operator);
    shop.close();
  }

  @Test
  void browsesFillsACartAndOrdersIt() {
    operator.offer("mug-1", 850, 10);
    long position = operator.offer("mug-2", 1250, 3);

    Answer page =
        ada.get("/v1/products/mug-1", "Min-Event-Position", Long.toString(position)).expect(200);
    assertThat(page.body().get("price").get("amount").asLong()).isEqualTo(850);
    assertThat(page.body().get("availability").get("status").asString()).isEqualTo("in-stock");
    assertThat(ada.get("/v1/products/mug-1", "If-None-Match", page.header("ETag")).status())
        .isEqualTo(304);

    String cart = ada.post("/v1/carts", Map.of()).expect(201).body().get("cartId").asString();
    ada.put("/v1/carts/" + cart + "/items/mug-1", Map.of("quantity", 2)).expect(200);
    JsonNode filled =
        ada.put("/v1/carts/" + cart + "/items/mug-2", Map.of("quantity", 1)).expect(200).body();
    assertThat(filled.get("total").get("amount").asLong()).isEqualTo(2 * 850 + 1250);
    assertThat(filled.get("items")).hasSize(2);

    Map<String, Object> body = new LinkedHashMap<>(ShopClient.orderBody(Map.of(), "tok_ok"));
    body.remove("items");
    body.put("cartId", cart);
    body.put("expectedTotal", Map.of("amount", 2950, "currency", "GBP"));
    Answer placed =
        ada.post("/v1/orders", body, "Idempotency-Key", "cart-order", "Prefer", "wait=20");
    placed.expect(201);
    String orderId = placed.body().get("orderId").asString();
    assertThat(placed.header("Location")).endsWith("/v1/orders/" + orderId);
    assertThat(placed.body().get("status").asString()).isEqualTo("confirmed");
    assertThat(placed.body().get("total").get("amount").asLong()).isEqualTo(2950);
    assertThat(ada.get("/v1/carts/" + cart).expect(200).body().get("status").asString())
        .isEqualTo("checked-out");

    Answer again =
        ada.post("/v1/orders", body, "Idempotency-Key", "cart-order", "Prefer", "wait=20");
    assertThat(again.expect(201).body().get("orderId").asString()).isEqualTo(orderId);
    assertThat(again.header("Idempotency-Replayed")).isEqualTo("true");

    ada.post("/v1/orders", body, "Idempotency-Key", "second-order", "Prefer", "wait=20")
        .expect(409);

    JsonNode stock = operator.stock("mug-1", placed.position());
    assertThat(stock.get("onHand").asInt()).isEqualTo(8);
    assertThat(stock.get("reserved").asInt()).isZero();
    assertThat(stock.get("sold").asInt()).isEqualTo(2);
    Invariants.moneyAgrees(operator, settled(placed.body()));
  }

  @Test
  void streamsAnOrdersStepsAndResumes() {
    operator.offer("stream-1", 100, 5);
    Answer placed = ada.order("stream", Map.of("stream-1", 1), "tok_ok", 20).expect(201);
    String path = "/v1/orders/" + placed.body().get("orderId").asString() + "/events";

    List<String[]> steps = steps(ada.stream(path));

    assertThat(steps)
        .extracting(step -> step[1])
        .startsWith("OrderPlaced", "StockReserved")
        .contains("PaymentAuthorised", "OrderConfirmed");
    assertThat(steps)
        .extracting(step -> Long.parseLong(step[0]))
        .isSorted()
        .doesNotHaveDuplicates();
    String afterSecond = steps.get(1)[0];
    assertThat(steps(ada.stream(path, "Last-Event-ID", afterSecond)))
        .extracting(step -> step[0])
        .isEqualTo(steps.stream().skip(2).map(step -> step[0]).toList());
    assertThat(shop.customer("eve").get(path).status()).isEqualTo(404);
  }

  /** Identifier and type of each event of a stream. */
  private static List<String[]> steps(String stream) {
    return stream
        .lines()
        .reduce(
            new java.util.ArrayList<String[]>(),
            (steps, line) -> {
              if (line.startsWith("id:")) {
                steps.add(new String[] {line.substring(3).strip(), null});
              } else if (line.startsWith("event:") && !steps.isEmpty()) {
                steps.getLast()[1] = line.substring(6).strip();
              }
              return steps;
            },
            (left, right) -> left);
  }

  @Test
  void namesEveryShortageAndKeepsNothingReserved() {
    operator.offer("short-1", 100, 5);
    operator.offer("short-2", 100, 1);
    operator.offer("short-3", 100, 2);
    Map<String, Integer> wanted = new LinkedHashMap<>();
    wanted.put("short-1", 5);
    wanted.put("short-2", 2);
    wanted.put("short-3", 3);

    Answer answer = ada.order("short", wanted, "tok_ok", 20).expect(409);

    assertThat(answer.body().get("type").asString()).endsWith("/problems/out-of-stock");
    assertThat(answer.body().get("shortages").valueStream().map(JsonNode::toString))
        .containsExactlyInAnyOrder(
            "{\"sku\":\"short-2\",\"requested\":2,\"available\":1}",
            "{\"sku\":\"short-3\",\"requested\":3,\"available\":2}");
    String orderId = answer.body().get("orderId").asString();
    JsonNode order = ada.get("/v1/orders/" + orderId).expect(200).body();
    assertThat(order.get("status").asString()).isEqualTo("rejected");
    assertThat(order.get("reason").asString()).isEqualTo("out-of-stock");
    for (String sku : wanted.keySet()) {
      assertThat(operator.stock(sku, answer.position()).get("reserved").asInt()).isZero();
    }
    assertThat(operator.charges(orderId)).isEmpty();

    operator.receive("short-2", 10);
    operator.receive("short-3", 10);
    Answer replay = ada.order("short", wanted, "tok_ok", 20).expect(409);
    assertThat(replay.header("Idempotency-Replayed")).isEqualTo("true");
    assertThat(replay.body().get("orderId").asString()).isEqualTo(orderId);
  }

  @Test
  void refusesAnotherRequestUnderTheSameKey() {
    operator.offer("reuse-1", 100, 5);
    ada.order("reuse", Map.of("reuse-1", 1), "tok_ok", 20).expect(201);

    Answer other = ada.order("reuse", Map.of("reuse-1", 2), "tok_ok", 20).expect(422);
    assertThat(other.body().get("type").asString()).endsWith("/problems/idempotency-key-reused");
    ada.order("reuse", Map.of("no-such-sku", 2), "tok_ok", 20).expect(422);
  }

  @Test
  void answersAReplayAlsoWhenPricesHaveChanged() {
    operator.offer("price-1", 100, 5);
    Answer first = ada.order("price", Map.of("price-1", 1), "tok_ok", 20).expect(201);
    operator
        .put(
            "/v1/products/price-1",
            Map.of("name", "Dearer", "price", Map.of("amount", 999, "currency", "GBP")))
        .expect(200);

    Answer replay = ada.order("price", Map.of("price-1", 1), "tok_ok", 20).expect(201);

    assertThat(replay.body().get("orderId")).isEqualTo(first.body().get("orderId"));
    assertThat(replay.body().get("total").get("amount").asLong()).isEqualTo(100);
  }

  @Test
  void refusesAnotherTotalThanTheExpectedOne() {
    operator.offer("total-1", 100, 5);
    Map<String, Object> body =
        new LinkedHashMap<>(ShopClient.orderBody(Map.of("total-1", 2), "tok_ok"));
    body.put("expectedTotal", Map.of("amount", 150, "currency", "GBP"));

    Answer answer = ada.post("/v1/orders", body, "Idempotency-Key", "total").expect(409);

    assertThat(answer.body().get("type").asString()).endsWith("/problems/price-changed");
    assertThat(answer.text()).contains("200");
  }

  @Test
  void refusesWhatIsNotAnOrder() {
    assertThat(
            ada.post("/v1/orders", ShopClient.orderBody(Map.of("x", 1), "tok_ok"))
                .expect(400)
                .body()
                .get("type")
                .asString())
        .endsWith("/problems/idempotency-key-missing");
    ada.order("bad\u00e9".replace("\u00e9", ""), Map.of("no-such-sku", 1), "tok_ok", 0).expect(422);
    Answer answer = ada.order("bad-2", Map.of("no-such-sku", 0), "tok_ok", 0).expect(422);
    assertThat(answer.body().get("violations").size()).isPositive();
    ada.post("/v1/orders", Map.of(), "Idempotency-Key", "bad-3").expect(422);
  }

  @Test
  void hidesAnothersOrderAndCart() {
    operator.offer("hide-1", 100, 5);
    String orderId =
        ada.order("hide", Map.of("hide-1", 1), "tok_ok", 20)
            .expect(201)
            .body()
            .get("orderId")
            .asString();
    String cart = ada.post("/v1/carts", Map.of()).expect(201).body().get("cartId").asString();
    ShopClient eve = ShopClient.guest(shop.base());

    Answer stolen = eve.get("/v1/orders/" + orderId).expect(404);
    Answer missing = eve.get("/v1/orders/ord-00000000000000000000000000").expect(404);
    assertThat(stolen.body().get("detail")).isEqualTo(missing.body().get("detail"));
    eve.get("/v1/carts/" + cart).expect(404);
    eve.put("/v1/carts/" + cart + "/items/hide-1", Map.of("quantity", 1)).expect(404);
    eve.post("/v1/orders/" + orderId + "/cancellation", Map.of("reason", "not mine")).expect(404);
  }

  @Test
  void cancelsAConfirmedOrderAndGivesEverythingBack() {
    operator.offer("cancel-1", 700, 5);
    Answer placed = ada.order("cancel", Map.of("cancel-1", 2), "tok_ok", 20).expect(201);
    String orderId = placed.body().get("orderId").asString();

    ada.post("/v1/orders/" + orderId + "/cancellation", Map.of("reason", "changed my mind"))
        .expect(200);

    long deadline = System.nanoTime() + Duration.ofSeconds(20).toNanos();
    JsonNode stock;
    do {
      stock = operator.stock("cancel-1", 0);
      ShopClient.sleep(50);
    } while (stock.get("onHand").asInt() != 5 && System.nanoTime() < deadline);
    assertThat(stock.get("onHand").asInt()).isEqualTo(5);
    assertThat(stock.get("sold").asInt()).isZero();
    assertThat(ada.get("/v1/orders/" + orderId).body().get("status").asString())
        .isEqualTo("cancelled");
    List<JsonNode> charges;
    do {
      charges = operator.charges(orderId);
      ShopClient.sleep(50);
    } while (!charges.getFirst().get("status").asString().matches("refunded|voided")
        && System.nanoTime() < deadline);
    assertThat(charges.getFirst().get("status").asString()).isIn("refunded", "voided");
    assertThat(charges).hasSize(1);
  }

  @Test
  void shipsDeliversAndNoLongerCancels() {
    operator.offer("ship-1", 700, 5);
    Answer placed = ada.order("ship", Map.of("ship-1", 2), "tok_ok", 20).expect(201);
    String orderId = placed.body().get("orderId").asString();
    String shipmentId = awaitShipment(orderId);

    operator
        .post(
            "/v1/shipments/" + shipmentId + "/dispatch",
            Map.of("carrier", "Post", "trackingNumber", "TN1"))
        .expect(200);
    ada.awaitOrder(orderId, "shipped", Duration.ofSeconds(10));
    assertThat(
            ada.post("/v1/orders/" + orderId + "/cancellation", Map.of("reason", "too late"))
                .expect(409)
                .body()
                .get("type")
                .asString())
        .endsWith("/problems/not-cancellable");
    operator.send("POST", "/v1/shipments/" + shipmentId + "/delivery", null, null).expect(200);
    ada.awaitOrder(orderId, "delivered", Duration.ofSeconds(10));
  }

  private static String awaitShipment(String orderId) {
    long deadline = System.nanoTime() + Duration.ofSeconds(10).toNanos();
    while (System.nanoTime() < deadline) {
      JsonNode shipments = ada.get("/v1/orders/" + orderId).expect(200).body().get("shipments");
      if (!shipments.isEmpty()) {
        return shipments.get(0).get("shipmentId").asString();
      }
      ShopClient.sleep(50);
    }
    throw new AssertionError("no shipment of " + orderId);
  }

  /** The order once its payment is captured, which follows the confirmation. */
  private static JsonNode settled(JsonNode order) {
    String orderId = order.get("orderId").asString();
    long deadline = System.nanoTime() + Duration.ofSeconds(20).toNanos();
    while (System.nanoTime() < deadline) {
      JsonNode now = operator.get("/v1/orders/" + orderId).expect(200).body();
      if ("captured".equals(now.get("payment").get("status").asString())) {
        return now;
      }
      ShopClient.sleep(50);
    }
    throw new AssertionError("payment of " + orderId + " was not captured");
  }

  @Test
  void tellsAnalystsWhatHappened() {
    operator.offer("events-1", 100, 5);

    Answer answer = operator.get("/v1/events?type=StockReceived&limit=10").expect(200);

    assertThat(answer.header("Content-Type")).startsWith("application/x-ndjson");
    JsonNode first = ShopClient.JSON.readTree(answer.text().lines().findFirst().orElseThrow());
    assertThat(first.get("type").asString()).isEqualTo("inventory.StockReceived");
    assertThat(first.get("payload").isObject()).isTrue();
    assertThat(ada.get("/v1/events").status()).isEqualTo(403);
  }

  @Test
  void describesItselfAndItsHealth() {
    ShopClient anyone = ShopClient.anonymous(shop.base());
    assertThat(anyone.get("/v3/api-docs").expect(200).body().get("openapi").asString())
        .startsWith("3.1");
    assertThat(anyone.get("/actuator/health").expect(200).body().get("status").asString())
        .isEqualTo("UP");
    assertThat(anyone.get("/actuator/prometheus").expect(200).text())
        .contains("lastunit_ordering_orders", "lastunit_projection_lag");
    Answer missing = ada.get("/v1/no/such/thing").expect(404);
    assertThat(missing.header("Content-Type")).startsWith("application/problem+json");
  }
}
