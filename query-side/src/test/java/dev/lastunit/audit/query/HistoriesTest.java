package dev.lastunit.audit.query;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lastunit.cart.api.CartEvent.CartOpened;
import dev.lastunit.ordering.api.OrderStatus;
import dev.lastunit.shared.api.Caller;
import dev.lastunit.shared.api.CartId;
import dev.lastunit.shared.api.Event;
import dev.lastunit.testing.Purchase;
import dev.lastunit.testing.ReadServer;
import dev.lastunit.testing.Shelf;
import dev.lastunit.testing.StoreServer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.test.web.reactive.server.WebTestClient;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Histories as people read them: of stock, and of an order with its payment and shipments. */
class HistoriesTest {

  private static ReadServer stock;
  private StoreServer orders;

  @BeforeAll
  static void start() {
    stock = new ReadServer(List.of("V2__inventory.sql"), List.of("dev.lastunit.inventory"));
  }

  @AfterAll
  static void stop() {
    stock.close();
  }

  @BeforeEach
  void clear() {
    orders = StoreServer.shared();
  }

  @Test
  void tellsWhoDidWhatToStockAndByHowMuch() {
    Purchase kept = Purchase.of("ord-a", "ada");
    long first = stock.record(new Shelf("85123A", "Heart", "", "", 1, 9).received());
    stock.record(kept.held());
    stock.record(kept.committed());
    long last = stock.record(kept.returned());
    stock.record(new Shelf("OTHER", "Heart", "", "", 1, 9).received());

    JsonNode page = get(stock.client("ann", Caller.ANALYST), "/v1/inventory/85123A/history");

    assertThat(page.get("next").isNull()).isTrue();
    List<JsonNode> steps = items(page);
    assertThat(steps)
        .extracting(step -> step.get("what").asString())
        .containsExactly(
            "Stock received", "Stock reserved", "Reservation confirmed", "Units returned");
    assertThat(steps)
        .extracting(step -> step.get("change").toString())
        .containsExactly(
            "{\"onHand\":9,\"reserved\":0,\"sold\":0}",
            "{\"onHand\":0,\"reserved\":6,\"sold\":0}",
            "{\"onHand\":-6,\"reserved\":-6,\"sold\":6}",
            "{\"onHand\":6,\"reserved\":0,\"sold\":-6}");
    assertThat(steps.getFirst().get("position").asLong()).isEqualTo(first);
    assertThat(steps.getLast().get("position").asLong()).isEqualTo(last);
    assertThat(steps.getFirst().get("who").asString()).isEqualTo("tester");
    assertThat(steps.getFirst().get("type").asString()).isEqualTo("inventory.StockReceived");
    assertThat(steps.get(1).get("details").get("orderId").asString()).isEqualTo("ord-a");
  }

  @Test
  void pagesALongHistory() {
    for (int i = 0; i < 45; i++) {
      stock.record(Shelf.moved("LONG", 1));
    }
    List<Long> positions = new ArrayList<>();
    String cursor = "";
    for (int page = 0; page < 3; page++) {
      JsonNode found =
          get(stock.client("w", Caller.WAREHOUSE), "/v1/inventory/LONG/history?limit=15" + cursor);
      assertThat(items(found)).hasSize(15);
      items(found).forEach(step -> positions.add(step.get("position").asLong()));
      cursor = "&cursor=" + found.get("next").asString(null);
      assertThat(found.get("next").isNull()).isEqualTo(page == 2);
    }

    assertThat(positions).hasSize(45).isSorted().doesNotHaveDuplicates();
    assertThat(items(get(stock.client("op", Caller.OPERATOR), "/v1/inventory/LONG/history")))
        .hasSize(20);
  }

  @Test
  void refusesWhatIsNotThereNotAllowedOrNotValid() {
    stock.record(Shelf.moved("R-1", 1));
    WebTestClient analyst = stock.client("ann", Caller.ANALYST);

    assertThat(StoreServer.status(analyst, "/v1/inventory/NONE/history")).isEqualTo(404);
    assertThat(StoreServer.status(analyst, "/v1/inventory/R-1/history?limit=0")).isEqualTo(422);
    assertThat(StoreServer.status(analyst, "/v1/inventory/R-1/history?limit=101")).isEqualTo(422);
    assertThat(StoreServer.status(analyst, "/v1/inventory/R-1/history?limit=100")).isEqualTo(200);
    assertThat(StoreServer.status(analyst, "/v1/inventory/R-1/history?cursor=x")).isEqualTo(422);
    assertThat(StoreServer.status(analyst, "/v1/inventory/R-1/history?position=1")).isEqualTo(422);
    assertThat(
            StoreServer.status(stock.client("ada", Caller.CUSTOMER), "/v1/inventory/R-1/history"))
        .isEqualTo(403);
    assertThat(StoreServer.status(stock.client(), "/v1/inventory/R-1/history")).isEqualTo(401);
  }

  private void append(Event event) {
    orders.append(Purchase.stream(event), event);
  }

  @Test
  void tellsAnOrdersHistoryWithItsPaymentAndShipments() {
    Purchase purchase = Purchase.of("ord-a", "ada");
    Purchase other = Purchase.of("ord-b", "eve");
    append(other.placed());
    purchase.success().forEach(this::append);
    append(purchase.cancelled(OrderStatus.CONFIRMED));
    orders.append("cart-1", new CartOpened(new CartId("cart-1"), purchase.customer()));
    String path = "/v1/orders/ord-a/history";

    List<JsonNode> steps = items(get(orders.client("ann", Caller.ANALYST), path));
    String open = get(orders.client("op", Caller.OPERATOR), path).toString();

    assertThat(steps)
        .extracting(step -> step.get("what").asString())
        .containsExactly(
            "Order placed",
            "Order reserved",
            "Payment requested",
            "Payment authorised",
            "Order confirmed",
            "Shipment prepared",
            "Payment capture requested",
            "Payment captured",
            "Order cancelled");
    assertThat(steps).extracting(step -> step.get("position").asLong()).isSorted();
    assertThat(steps.getFirst().has("change")).isFalse();
    assertThat(steps.toString()).doesNotContain("Ada Example", "tok_ok").contains("***");
    assertThat(open).contains("Ada Example", "tok_ok").doesNotContain("***");
  }

  @Test
  void pagesAnOrdersHistoryAndKeepsItFromItsBuyer() {
    Purchase purchase = Purchase.of("ord-a", "ada");
    purchase.success().forEach(this::append);
    WebTestClient analyst = orders.client("ann", Caller.ANALYST);
    String path = "/v1/orders/ord-a/history";

    JsonNode first = get(analyst, path + "?limit=7");
    JsonNode rest = get(analyst, path + "?limit=7&cursor=" + first.get("next").asString());

    assertThat(items(first)).hasSize(7);
    assertThat(items(rest)).hasSize(1);
    assertThat(rest.get("next").isNull()).isTrue();
    assertThat(get(analyst, path + "?limit=8").get("next").isNull()).isTrue();
    assertThat(StoreServer.status(analyst, "/v1/orders/ord-b/history")).isEqualTo(404);
    assertThat(StoreServer.status(orders.client("ada", Caller.CUSTOMER), path)).isEqualTo(403);
    assertThat(StoreServer.status(orders.client("w", Caller.WAREHOUSE), path)).isEqualTo(403);
  }

  private static List<JsonNode> items(JsonNode page) {
    List<JsonNode> items = new ArrayList<>();
    page.get("items").forEach(items::add);
    return items;
  }

  private static JsonNode get(WebTestClient client, String uri) {
    return JsonMapper.shared()
        .readTree(
            client
                .get()
                .uri(uri)
                .exchange()
                .expectStatus()
                .isOk()
                .expectBody()
                .returnResult()
                .getResponseBody());
  }
}
