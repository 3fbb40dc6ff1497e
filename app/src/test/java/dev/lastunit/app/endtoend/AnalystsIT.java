package dev.lastunit.app.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lastunit.app.endtoend.ShopClient.Answer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.jdbc.core.JdbcTemplate;
import tools.jackson.databind.JsonNode;

/** The whole history as analysts have it: events, states of the past, histories, SQL. */
class AnalystsIT {

  @TempDir static Path directory;

  private static Shop shop;
  private static ShopClient operator;
  private static ShopClient analyst;
  private static ShopClient ada;

  @BeforeAll
  static void startShop() {
    shop = Shop.start(directory);
    operator = shop.operator();
    analyst = ShopClient.of(shop.base(), "ann", "analyst");
    ada = shop.customer("ada");
  }

  @AfterAll
  static void stopShop() {
    shop.close();
  }

  @Test
  void readsWhatHappenedAndWhatWasThen() {
    long offered = operator.offer("ANALYST-1", 500, 10);
    String cart = ada.post("/v1/carts", Map.of()).expect(201).body().get("cartId").asString();
    long filled =
        ada.put("/v1/carts/" + cart + "/items/ANALYST-1", Map.of("quantity", 2))
            .expect(200)
            .position();
    Answer placed = ada.order("analysts", Map.of("ANALYST-1", 3), "tok_ok", 20).expect(201);
    String order = "/v1/orders/" + placed.body().get("orderId").asString();

    List<JsonNode> events = lines(analyst.stream("/v1/events"));
    assertThat(events).extracting(event -> event.get("position").asLong()).startsWith(1L, 2L, 3L);
    JsonNode first =
        events.stream()
            .filter(event -> event.get("type").asString().equals("ordering.OrderPlaced"))
            .findFirst()
            .orElseThrow();
    assertThat(first.toString()).doesNotContain("Ada Buyer", "tok_ok").contains("***");
    assertThat(operator.stream("/v1/events?type=OrderPlaced")).contains("Ada Buyer");
    long position = first.get("position").asLong();
    assertThat(analyst.stream("/v1/events?after=" + (position - 1) + "&limit=1"))
        .startsWith("{\"position\":" + position + ",");
    assertThat(
            analyst.stream(
                "/v1/events?limit=2",
                "Accept",
                "text/event-stream",
                "Last-Event-ID",
                Long.toString(position)))
        .contains("id:" + (position + 1), "id:" + (position + 2))
        .doesNotContain("id:" + position + "\n");

    JsonNode then = analyst.get(order + "?position=" + position).expect(200).body();
    assertThat(then.get("status").asString()).isEqualTo("placed");
    assertThat(analyst.get(order + "?at=" + first.get("at").asString()).expect(200).position())
        .isGreaterThanOrEqualTo(position);
    assertThat(ada.get(order + "?position=" + position).status()).isEqualTo(403);
    assertThat(analyst.get(order + "?position=" + (position - 1)).status()).isEqualTo(404);
    String stock = "/v1/inventory/ANALYST-1";
    assertThat(onHand(stock + "?position=" + offered)).isEqualTo(10);
    assertThat(onHand(stock + "?position=" + placed.position())).isEqualTo(7);
    JsonNode line =
        analyst
            .get("/v1/carts/" + cart + "?position=" + filled)
            .expect(200)
            .body()
            .get("items")
            .get(0);
    assertThat(line.get("lineTotal").get("amount").asLong()).isEqualTo(1_000);
    assertThat(line.get("available").asInt()).isEqualTo(10);

    assertThat(words(analyst.get(stock + "/history").expect(200).body()))
        .startsWith("Stock received", "Stock reserved", "Reservation confirmed");
    JsonNode history = analyst.get(order + "/history").expect(200).body();
    assertThat(words(history)).startsWith("Order placed").contains("Order confirmed");
    assertThat(history.get("items").get(0).get("who").asString()).isEqualTo("ada");

    assertThat(
            shop.bean(JdbcTemplate.class)
                .queryForObject(
                    "select payload #>> '{shippingAddress,name}' from analyst.event"
                        + " where position = ?",
                    String.class,
                    position))
        .isEqualTo("***");
  }

  private static int onHand(String path) {
    return analyst.get(path).expect(200).body().get("onHand").asInt();
  }

  private static List<String> words(JsonNode page) {
    List<String> words = new ArrayList<>();
    page.get("items").forEach(step -> words.add(step.get("what").asString()));
    return words;
  }

  private static List<JsonNode> lines(String text) {
    return text.lines().map(ShopClient.JSON::readTree).toList();
  }
}
