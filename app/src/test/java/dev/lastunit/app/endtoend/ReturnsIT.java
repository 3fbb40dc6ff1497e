package dev.lastunit.app.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lastunit.app.endtoend.ShopClient.Answer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** Shipping in parts and sending units back, as clients and the payment provider see it. */
class ReturnsIT {

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

  /**
   * Goal: three units of one SKU and one of another are bought, leave in two parts, arrive, and
   * come back in two returns; units and money agree with what was asked for, whatever is repeated.
   */
  @Test
  void shipsInPartsAndTakesEverythingBackOnce() {
    operator.offer("lamp-1", 333, 10);
    operator.offer("cup-1", 1250, 10);
    Answer placed = ada.order("returns", Map.of("lamp-1", 3, "cup-1", 1), "tok_ok", 20).expect(201);
    String orderId = placed.body().get("orderId").asString();
    String returns = "/v1/orders/" + orderId + "/returns";
    Map<String, Object> oneLamp = body(true, Map.of("sku", "lamp-1", "quantity", 1));

    String first =
        await(orderId, order -> !order.get("shipments").isEmpty())
            .get("shipments")
            .get(0)
            .get("shipmentId")
            .asString();
    assertThat(problem(ada.post(returns, oneLamp, "Idempotency-Key", "early").expect(409)))
        .endsWith("/problems/not-returnable");

    Map<String, Object> part =
        Map.of(
            "carrier", "Post",
            "trackingNumber", "TN1",
            "lines", List.of(Map.of("sku", "lamp-1", "quantity", 2)));
    operator
        .post(
            "/v1/shipments/" + first + "/dispatch",
            Map.of(
                "carrier", "Post",
                "trackingNumber", "TN1",
                "lines", List.of(Map.of("sku", "lamp-1", "quantity", 4))))
        .expect(422);
    String rest =
        operator
            .post("/v1/shipments/" + first + "/dispatch", part)
            .expect(200)
            .body()
            .get("rest")
            .asString();
    operator.post("/v1/shipments/" + first + "/dispatch", part).expect(200);
    await(orderId, order -> order.get("shipments").size() == 2);
    ada.post("/v1/orders/" + orderId + "/cancellation", Map.of()).expect(409);
    operator.send("POST", "/v1/shipments/" + first + "/delivery", null, null).expect(200);
    assertThat(problem(ada.post(returns, oneLamp, "Idempotency-Key", "early").expect(409)))
        .endsWith("/problems/not-returnable");
    operator
        .post(
            "/v1/shipments/" + rest + "/dispatch",
            Map.of("carrier", "Post", "trackingNumber", "TN2"))
        .expect(200);
    operator.send("POST", "/v1/shipments/" + rest + "/delivery", null, null).expect(200);
    ada.awaitOrder(orderId, "delivered", Duration.ofSeconds(20));
    awaitCaptured(orderId);

    ShopClient eve = ShopClient.guest(shop.base());
    eve.post(returns, oneLamp, "Idempotency-Key", "eve").expect(404);
    ada.post(returns, oneLamp).expect(400);
    ada.post(returns, body(true), "Idempotency-Key", "none").expect(422);
    ada.post(
            returns,
            body(true, Map.of("sku", "lamp-1", "quantity", 4)),
            "Idempotency-Key",
            "too-many")
        .expect(409);

    Answer accepted = ada.post(returns, oneLamp, "Idempotency-Key", "first").expect(201);
    assertThat(accepted.body().get("refund").get("amount").asLong()).isEqualTo(333);
    awaitReturns(orderId, 1);
    assertThat(stock("lamp-1")).isEqualTo("8 on hand, 2 sold");

    Answer again = ada.post(returns, oneLamp, "Idempotency-Key", "first").expect(201);
    assertThat(again.body().get("returnId")).isEqualTo(accepted.body().get("returnId"));
    assertThat(again.header("Idempotency-Replayed")).isEqualTo("true");
    ada.post(
            returns, body(true, Map.of("sku", "lamp-1", "quantity", 2)), "Idempotency-Key", "first")
        .expect(422);
    ada.post(
            returns, body(false, Map.of("sku", "lamp-1", "quantity", 3)), "Idempotency-Key", "over")
        .expect(409);

    Map<String, Object> others =
        body(true, Map.of("sku", "lamp-1", "quantity", 2), Map.of("sku", "cup-1", "quantity", 1));
    operator.post(returns, others, "Idempotency-Key", "second").expect(201);
    operator.post(returns, others, "Idempotency-Key", "second").expect(201);
    JsonNode order = awaitReturns(orderId, 2);
    ada.post(returns, oneLamp, "Idempotency-Key", "third").expect(409);

    assertThat(stock("lamp-1")).isEqualTo("10 on hand, 0 sold");
    assertThat(stock("cup-1")).isEqualTo("10 on hand, 0 sold");
    assertThat(order.get("status").asString()).isEqualTo("delivered");
    assertThat(order.get("payment").get("status").asString()).isEqualTo("refunded");
    assertThat(order.get("timeline").valueStream().map(step -> step.get("type").asString()))
        .containsSubsequence(
            "OrderDelivered",
            "ReturnAccepted",
            "PaymentRefunded",
            "ReturnCompleted",
            "ReturnAccepted",
            "PaymentRefunded",
            "ReturnCompleted");
    JsonNode charge = operator.charges(orderId).getFirst();
    assertThat(charge.get("status").asString()).isEqualTo("refunded");
    assertThat(charge.get("amountRefunded").asLong()).isEqualTo(3 * 333 + 1250);
    assertThat(refunds(charge)).containsExactly(333L, 2L * 333 + 1250);
  }

  private static Map<String, Object> body(boolean restock, Map<?, ?>... items) {
    return Map.of("items", List.of(items), "restock", restock);
  }

  private static String problem(Answer answer) {
    return answer.body().get("type").asString();
  }

  private static List<Long> refunds(JsonNode charge) {
    return ShopClient.anonymous(shop.base())
        .get("/simulator/v1/charges/" + charge.get("chargeId").asString() + "/refunds")
        .expect(200)
        .body()
        .get("items")
        .valueStream()
        .map(refund -> refund.get("amount").asLong())
        .toList();
  }

  private static String stock(String sku) {
    JsonNode stock = operator.stock(sku, ada.seen());
    return stock.get("onHand").asInt() + " on hand, " + stock.get("sold").asInt() + " sold";
  }

  private static void awaitCaptured(String orderId) {
    until(
        () -> operator.charges(orderId).getFirst(),
        charge -> charge.get("status").asString().equals("captured"));
  }

  private static JsonNode awaitReturns(String orderId, int completed) {
    return await(
        orderId,
        order ->
            order
                    .get("returns")
                    .valueStream()
                    .filter(one -> one.get("status").asString().equals("completed"))
                    .count()
                == completed);
  }

  private static JsonNode await(String orderId, Predicate<JsonNode> wanted) {
    return until(() -> ada.get("/v1/orders/" + orderId).expect(200).body(), wanted);
  }

  private static JsonNode until(Supplier<JsonNode> read, Predicate<JsonNode> wanted) {
    long deadline = System.nanoTime() + Duration.ofSeconds(30).toNanos();
    JsonNode seen;
    do {
      seen = read.get();
      if (wanted.test(seen)) {
        return seen;
      }
      ShopClient.sleep(50);
    } while (System.nanoTime() < deadline);
    throw new AssertionError("not in time: " + seen);
  }
}
