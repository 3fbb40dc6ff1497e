package dev.lastunit.app.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lastunit.app.endtoend.ShopClient.Answer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/**
 * A checkout that is never paid gives its units back by its deadline, also when the service was
 * down at that moment.
 */
class ExpiryIT {

  private static final String[] SHORT = {"lastunit.reservation-ttl=PT4S"};

  @TempDir Path directory;

  @Test
  void givesTheUnitsOfAnUnpaidOrderBack() {
    String whileDown;
    try (Shop shop = Shop.start(directory, SHORT)) {
      shop.operator().offer("never-1", 500, 3);
      Answer answer = shop.customer("ada").order("never", Map.of("never-1", 3), "tok_never", 0);
      String orderId = answer.expect(202).body().get("orderId").asString();
      awaitReserved(shop, 3);
      assertThat(
              shop.customer("bob")
                  .order("bob", Map.of("never-1", 1), "tok_ok", 10)
                  .expect(409)
                  .body()
                  .get("type")
                  .asString())
          .endsWith("/problems/out-of-stock");

      JsonNode order = shop.customer("ada").awaitOrder(orderId, "rejected", Duration.ofSeconds(15));

      assertThat(order.get("reason").asString()).isEqualTo("reservation-expired");
      assertUnitsAreBack(shop, orderId);
      assertVoided(shop, orderId);

      Answer second =
          shop.customer("ada").order("never-again", Map.of("never-1", 2), "tok_never", 0);
      whileDown = second.expect(202).body().get("orderId").asString();
      awaitReserved(shop, 2);
    }
    ShopClient.sleep(4_500);
    try (Shop shop = Shop.start(directory, SHORT)) {
      JsonNode order =
          shop.customer("ada").awaitOrder(whileDown, "rejected", Duration.ofSeconds(15));

      assertThat(order.get("reason").asString()).isEqualTo("reservation-expired");
      assertUnitsAreBack(shop, whileDown);
      assertVoided(shop, whileDown);
      Invariants.hold(shop.operator());
    }
  }

  private static void awaitReserved(Shop shop, int units) {
    long deadline = System.nanoTime() + Duration.ofSeconds(10).toNanos();
    while (System.nanoTime() < deadline) {
      if (shop.operator().stock("never-1", 0).get("reserved").asInt() == units) {
        return;
      }
      ShopClient.sleep(50);
    }
    throw new AssertionError("nothing was reserved");
  }

  private static void assertUnitsAreBack(Shop shop, String orderId) {
    ShopClient operator = shop.operator();
    operator.get("/v1/orders/" + orderId).expect(200);
    JsonNode stock = operator.stock("never-1", operator.seen());
    assertThat(stock.get("reserved").asInt()).isZero();
    assertThat(stock.get("onHand").asInt()).isEqualTo(3);
    assertThat(stock.get("available").asInt()).isEqualTo(3);
  }

  private static void assertVoided(Shop shop, String orderId) {
    long deadline = System.nanoTime() + Duration.ofSeconds(15).toNanos();
    List<JsonNode> charges;
    do {
      charges = shop.operator().charges(orderId);
      assertThat(charges).hasSize(1);
      if ("voided".equals(charges.getFirst().get("status").asString())) {
        return;
      }
      ShopClient.sleep(100);
    } while (System.nanoTime() < deadline);
    throw new AssertionError("the charge of " + orderId + " is not voided: " + charges);
  }
}
