package dev.lastunit.ordering.query.web;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lastunit.ordering.api.OrderEvent.OrderPlaced;
import dev.lastunit.ordering.api.OrderLine;
import dev.lastunit.ordering.api.OrderQuery.FindOrder;
import dev.lastunit.ordering.api.OrderQuery.OrderView;
import dev.lastunit.ordering.api.OrderStatus;
import dev.lastunit.ordering.api.RejectionReason;
import dev.lastunit.ordering.query.OrderQueryHandler;
import dev.lastunit.shared.api.Caller;
import dev.lastunit.shared.api.Event;
import dev.lastunit.shared.api.Money;
import dev.lastunit.shared.api.OrderId;
import dev.lastunit.shared.api.Sku;
import dev.lastunit.testing.Purchase;
import dev.lastunit.testing.StoreServer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.http.HttpHeaders;
import org.springframework.test.web.reactive.server.WebTestClient;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Orders over HTTP, from their projection on a real database. */
class OrderReadControllerTest {

  private static final JsonMapper JSON = JsonMapper.shared();

  private static StoreServer server;

  @BeforeAll
  static void start() {
    server = StoreServer.shared();
  }

  @BeforeEach
  void clear() {
    server.clear();
  }

  private static WebTestClient buyer(String subject) {
    return server.client(subject, Caller.CUSTOMER);
  }

  private static WebTestClient operator() {
    return server.client("root", Caller.OPERATOR);
  }

  private static long record(List<? extends Event> events) {
    long last = 0;
    for (Event event : events) {
      last = server.append(Purchase.stream(event), event);
    }
    server.project();
    server.forgetRecentOrders();
    return last;
  }

  private static JsonNode body(WebTestClient client, String uri) {
    return JSON.readTree(
        client
            .get()
            .uri(uri)
            .exchange()
            .expectStatus()
            .isOk()
            .expectBody(String.class)
            .returnResult()
            .getResponseBody());
  }

  private static List<String> ids(JsonNode page) {
    List<String> ids = new ArrayList<>();
    page.get("items").forEach(order -> ids.add(order.get("orderId").asString()));
    return ids;
  }

  @Test
  void showsTheOrderToItsOwner() {
    long position = record(Purchase.of("ord-a", "ada").success());

    buyer("ada")
        .get()
        .uri("/v1/orders/ord-a")
        .exchange()
        .expectStatus()
        .isOk()
        .expectHeader()
        .valueEquals("Event-Position", Long.toString(position))
        .expectBody()
        .jsonPath("$.orderId")
        .isEqualTo("ord-a")
        .jsonPath("$.status")
        .isEqualTo("confirmed")
        .jsonPath("$.items[0].sku")
        .isEqualTo("85123A")
        .jsonPath("$.items[0].lineTotal.amount")
        .isEqualTo(1530)
        .jsonPath("$.total.currency")
        .isEqualTo("GBP")
        .jsonPath("$.placedAt")
        .isEqualTo("2026-11-23T19:00:00Z")
        .jsonPath("$.payment.paymentId")
        .isEqualTo("pay-a")
        .jsonPath("$.payment.status")
        .isEqualTo("captured")
        .jsonPath("$.shipments[0].status")
        .isEqualTo("prepared")
        .jsonPath("$.timeline[0].type")
        .isEqualTo("OrderPlaced")
        .jsonPath("$.timeline[0].position")
        .isEqualTo(1)
        .jsonPath("$.timeline[1].type")
        .isEqualTo("StockReserved");
  }

  @Test
  void tellsUntilWhenUnitsAreHeldAndThatNothingWasAskedFor() {
    Purchase purchase = Purchase.of("ord-a", "ada");
    record(List.of(purchase.placed(), purchase.held(), purchase.reserved()));

    JsonNode order = body(buyer("ada"), "/v1/orders/ord-a");

    assertThat(order.get("status").asString()).isEqualTo("reserved");
    assertThat(order.get("reservation").get("expiresAt").asString())
        .isEqualTo("2026-11-23T19:15:00Z");
    assertThat(order.get("payment").path("status").isString()).isFalse();
  }

  @Test
  void tellsWhyAnOrderWasRejected() {
    Purchase purchase = Purchase.of("ord-a", "ada");
    record(List.of(purchase.placed(), purchase.rejected(RejectionReason.OUT_OF_STOCK)));

    JsonNode order = body(buyer("ada"), "/v1/orders/ord-a");

    assertThat(order.get("status").asString()).isEqualTo("rejected");
    assertThat(order.get("reason").asString()).isEqualTo("out-of-stock");
    assertThat(order.get("shortages").get(0).get("available").asInt()).isEqualTo(1);
  }

  @Test
  void anothersOrderIsNotThere() {
    record(Purchase.of("ord-a", "ada").success());

    String missing = refusal(buyer("ada"), "/v1/orders/ord-missing", 404);

    assertThat(refusal(buyer("eve"), "/v1/orders/ord-a", 404)).isEqualTo(missing);
    assertThat(refusal(buyer("eve"), "/v1/orders/ord-a/events", 404)).isEqualTo(missing);
    assertThat(refusal(buyer("eve"), "/v1/orders/ord-missing/events", 404)).isEqualTo(missing);
    assertThat(refusal(buyer("ada"), "/v1/orders/" + "x".repeat(161), 404)).isEqualTo(missing);
    assertThat(StoreServer.status(operator(), "/v1/orders/ord-a")).isEqualTo(200);
  }

  private static String refusal(WebTestClient client, String uri, int status) {
    return JSON.readTree(
            client
                .get()
                .uri(uri)
                .exchange()
                .expectStatus()
                .isEqualTo(status)
                .expectBody(String.class)
                .returnResult()
                .getResponseBody())
        .get("detail")
        .asString();
  }

  @Test
  void nobodyReadsWithoutAToken() {
    record(Purchase.of("ord-a", "ada").success());

    for (String uri : List.of("/v1/orders", "/v1/orders/ord-a", "/v1/orders/ord-a/events")) {
      assertThat(StoreServer.status(server.client(), uri)).isEqualTo(401);
    }
  }

  @Test
  void waitsForThePositionThatTheClientHasSeen() throws Exception {
    Purchase purchase = Purchase.of("ord-a", "ada");
    record(List.of(purchase.placed()));
    long confirmed = server.append(purchase.orderId().stream(), purchase.confirmed());

    Thread late =
        Thread.ofVirtual()
            .start(
                () -> {
                  try {
                    TimeUnit.MILLISECONDS.sleep(200);
                  } catch (InterruptedException e) {
                    throw new AssertionError(e);
                  }
                  server.project();
                });

    buyer("ada")
        .get()
        .uri("/v1/orders/ord-a")
        .header("Min-Event-Position", Long.toString(confirmed))
        .exchange()
        .expectStatus()
        .isOk()
        .expectBody()
        .jsonPath("$.status")
        .isEqualTo("confirmed");
    late.join();
  }

  @Test
  void refusesToAnswerWithOlderRows() {
    Purchase purchase = Purchase.of("ord-a", "ada");
    record(List.of(purchase.placed()));
    long confirmed = server.append(purchase.orderId().stream(), purchase.confirmed());

    buyer("ada")
        .get()
        .uri("/v1/orders/ord-a")
        .header("Min-Event-Position", Long.toString(confirmed))
        .exchange()
        .expectStatus()
        .isEqualTo(503)
        .expectBody()
        .jsonPath("$.code")
        .isEqualTo("read-model-behind");
  }

  @Test
  void listsTheSubjectsOrdersTheLatestFirst() {
    record(List.of(Purchase.of("ord-1", "ada").placed(), Purchase.of("ord-2", "bob").placed()));
    record(Purchase.of("ord-3", "ada").success());

    assertThat(ids(body(buyer("ada"), "/v1/orders"))).containsExactly("ord-3", "ord-1");
    assertThat(ids(body(buyer("eve"), "/v1/orders"))).isEmpty();
    assertThat(ids(body(operator(), "/v1/orders"))).containsExactly("ord-3", "ord-2", "ord-1");
    assertThat(ids(body(operator(), "/v1/orders?customer=bob"))).containsExactly("ord-2");
    assertThat(ids(body(operator(), "/v1/orders?status=placed"))).containsExactly("ord-2", "ord-1");
    assertThat(ids(body(buyer("ada"), "/v1/orders?status=confirmed"))).containsExactly("ord-3");
    assertThat(ids(body(buyer("ada"), "/v1/orders?customer=ada")))
        .containsExactly("ord-3", "ord-1");
    assertThat(StoreServer.status(buyer("ada"), "/v1/orders?customer=bob")).isEqualTo(403);
  }

  @Test
  void pagesMeetWithoutGapOrRepeatWhileOrdersArePlaced() {
    List<Event> placed = new ArrayList<>();
    for (int i = 0; i < 25; i++) {
      placed.add(Purchase.of("ord-" + i, "ada").placed());
    }
    record(placed);

    List<String> seen = new ArrayList<>();
    String uri = "/v1/orders?limit=10";
    while (uri != null) {
      var result =
          buyer("ada").get().uri(uri).exchange().expectStatus().isOk().expectBody(String.class);
      var answer = result.returnResult();
      JsonNode page = JSON.readTree(answer.getResponseBody());
      seen.addAll(ids(page));
      String next = page.get("next").isNull() ? null : page.get("next").asString();
      String link = answer.getResponseHeaders().getFirst(HttpHeaders.LINK);
      assertThat(link == null).isEqualTo(next == null);
      uri = link == null ? null : link.substring(1, link.indexOf('>'));
      record(List.of(Purchase.of("ord-new-" + seen.size(), "ada").placed()));
    }

    List<String> expected = new ArrayList<>();
    for (int i = 24; i >= 0; i--) {
      expected.add("ord-" + i);
    }
    assertThat(seen).isEqualTo(expected);
  }

  /** Many large orders on one page would fill the memory. */
  @Test
  void aPageOfLargeOrdersIsShorter() {
    List<OrderLine> lines = new ArrayList<>();
    for (int i = 0; i < 2_000; i++) {
      lines.add(new OrderLine(new Sku("S" + i), "Thing", 1, new Money(1, "GBP")));
    }
    List<Event> placed = new ArrayList<>();
    for (int i = 0; i < 6; i++) {
      OrderPlaced small = Purchase.of("ord-" + i, "ada").placed();
      placed.add(
          new OrderPlaced(
              small.orderId(),
              small.customerId(),
              small.idempotencyKey(),
              small.fingerprint(),
              null,
              lines,
              new Money(2_000, "GBP"),
              small.shippingAddress(),
              small.payment()));
    }
    record(placed);

    JsonNode first = body(buyer("ada"), "/v1/orders?limit=100");
    JsonNode second =
        body(buyer("ada"), "/v1/orders?limit=100&cursor=" + first.get("next").asString());

    assertThat(ids(first)).containsExactly("ord-5", "ord-4", "ord-3", "ord-2", "ord-1");
    assertThat(ids(second)).containsExactly("ord-0");
    assertThat(second.get("next").isNull()).isTrue();
  }

  @Test
  void refusesParametersThatAreNotValid() {
    for (String uri :
        List.of(
            "/v1/orders?limit=0",
            "/v1/orders?limit=101",
            "/v1/orders?status=lost",
            "/v1/orders?cursor=nonsense")) {
      assertThat(StoreServer.status(buyer("ada"), uri)).as(uri).isEqualTo(422);
    }
  }

  @Test
  void answersOnTheQueryBus() throws Exception {
    record(Purchase.of("ord-a", "ada").success());
    OrderQueryHandler handler = server.bean(OrderQueryHandler.class);

    OrderView found =
        handler.handle(new FindOrder(new OrderId("ord-a"), 0)).get(5, TimeUnit.SECONDS);
    OrderView missing =
        handler.handle(new FindOrder(new OrderId("ord-missing"), 0)).get(5, TimeUnit.SECONDS);

    assertThat(found.status()).isEqualTo(OrderStatus.CONFIRMED);
    assertThat(missing).isNull();
  }
}
