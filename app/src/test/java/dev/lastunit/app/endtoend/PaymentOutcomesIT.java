package dev.lastunit.app.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lastunit.app.endtoend.ShopClient.Answer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

/**
 * Each of the provider's ways to answer ends as the contract says, and order, stock and money
 * agree.
 */
class PaymentOutcomesIT {

  private static final Duration PATIENCE = Duration.ofSeconds(40);

  @TempDir static Path directory;

  private static Shop shop;
  private static ShopClient operator;
  private static ShopClient ada;

  @BeforeAll
  static void startShop() {
    shop = Shop.start(directory, "lastunit.payment-timeout=PT1S", "lastunit.reservation-ttl=PT60S");
    operator = shop.operator();
    ada = shop.customer("ada");
  }

  @AfterAll
  static void stopShop() {
    Invariants.hold(operator);
    shop.close();
  }

  @ParameterizedTest
  @CsvSource({
    "tok_ok, confirmed",
    "tok_slow, confirmed",
    "tok_async, confirmed",
    "tok_flaky, confirmed",
    "tok_webhook_twice, confirmed",
    "tok_timeout_charged, confirmed",
    "tok_declined, rejected",
    "tok_timeout_uncharged, rejected"
  })
  void endsAsTheContractSays(String token, String status) {
    String sku = "pay-" + token;
    operator.offer(sku, 1234, 10);
    Answer answer = ada.order(ShopClient.newKey(), Map.of(sku, 3), token, 30);
    String orderId = answer.body().get("orderId").asString();

    ada.awaitOrder(orderId, status, PATIENCE);
    JsonNode order = awaitSettled(orderId);

    if ("rejected".equals(status)) {
      assertThat(answer.status()).isEqualTo(402);
      assertThat(order.get("reason").asString()).isEqualTo("payment-declined");
    } else {
      assertThat(answer.status()).isEqualTo(201);
    }
    JsonNode stock = operator.stock(sku, operator.seen());
    assertThat(stock.get("reserved").asInt()).isZero();
    assertThat(stock.get("onHand").asInt()).isEqualTo("confirmed".equals(status) ? 7 : 10);
    Invariants.moneyAgrees(operator, order);
  }

  private static JsonNode awaitSettled(String orderId) {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    JsonNode order;
    do {
      order = operator.get("/v1/orders/" + orderId).expect(200).body();
      if (order
          .get("payment")
          .get("status")
          .asString()
          .matches("captured|declined|voided|refunded")) {
        return order;
      }
      ShopClient.sleep(50);
    } while (System.nanoTime() < deadline);
    throw new AssertionError("the payment of " + orderId + " did not settle: " + order);
  }

  @Test
  void answers202WhenTheWaitIsOver() {
    operator.offer("pay-later", 1234, 10);

    Answer answer = ada.order(ShopClient.newKey(), Map.of("pay-later", 1), "tok_async", 0);

    assertThat(answer.expect(202).header("Location")).isNotNull();
    ada.awaitOrder(answer.body().get("orderId").asString(), "confirmed", PATIENCE);
  }
}
