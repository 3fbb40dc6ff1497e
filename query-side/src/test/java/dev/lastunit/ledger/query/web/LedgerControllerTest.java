package dev.lastunit.ledger.query.web;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lastunit.shared.api.Caller;
import dev.lastunit.shared.api.Event;
import dev.lastunit.testing.Purchase;
import dev.lastunit.testing.StoreServer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The ledger over HTTP, from its projection on a real database. */
class LedgerControllerTest {

  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final Purchase BOUGHT = Purchase.of("ord-a", "ada");
  private static final Purchase UNDONE = Purchase.of("ord-b", "ada");
  private static final Purchase HELD = Purchase.of("ord-c", "ada");

  private StoreServer server;
  private long position;

  @BeforeEach
  void threeOrders() {
    server = StoreServer.shared();
    append(BOUGHT.success());
    append(UNDONE.undone());
    append(List.of(HELD.placed(), HELD.requested(), HELD.authorised()));
    server.project();
  }

  private void append(List<Event> events) {
    events.forEach(event -> position = server.append(Purchase.stream(event), event));
  }

  private JsonNode get(String uri) {
    return JSON.readTree(
        server
            .client("ann", Caller.ANALYST)
            .get()
            .uri(uri)
            .header("Min-Event-Position", Long.toString(position))
            .exchange()
            .expectStatus()
            .isOk()
            .expectHeader()
            .valueEquals("Event-Position", Long.toString(position))
            .expectBody()
            .returnResult()
            .getResponseBody());
  }

  private static List<String> lines(JsonNode page) {
    return page.get("items")
        .valueStream()
        .map(
            line ->
                line.get("position").asLong()
                    + " "
                    + line.get("account").asString()
                    + " "
                    + line.get("debit").asLong()
                    + " "
                    + line.get("credit").asLong()
                    + " "
                    + line.get("currency").asString())
        .toList();
  }

  @Test
  void showsTheLinesOfAnOrder() {
    JsonNode page = get("/v1/audit/ledger?orderId=ord-a");

    assertThat(lines(page))
        .containsExactly(
            "5 provider-clearing 1530 0 GBP",
            "5 customer-receivable 0 1530 GBP",
            "10 provider-balance 1530 0 GBP",
            "10 provider-clearing 0 1530 GBP",
            "10 customer-receivable 1530 0 GBP",
            "10 revenue 0 1530 GBP");
    assertThat(page.get("items").get(0).get("event").asString()).isEqualTo("PaymentAuthorised");
    assertThat(page.get("items").get(0).get("orderId").asString()).isEqualTo("ord-a");
    assertThat(page.get("next").isNull()).isTrue();
    assertThat(lines(get("/v1/audit/ledger?orderId=ord-none"))).isEmpty();
  }

  /** A page may end between the two lines of a transfer. */
  @Test
  void pagesThroughAllLinesWhereverAPageEnds() {
    List<String> all = lines(get("/v1/audit/ledger?limit=100"));
    assertThat(all).hasSize(6 + 8 + 2);
    for (int limit = 1; limit <= 5; limit++) {
      List<String> paged = new ArrayList<>();
      String cursor = "";
      while (cursor != null) {
        JsonNode page =
            get("/v1/audit/ledger?limit=" + limit + (cursor.isEmpty() ? "" : "&cursor=" + cursor));
        assertThat(page.get("items").size()).isBetween(1, limit);
        paged.addAll(lines(page));
        cursor = page.get("next").asString(null);
      }
      assertThat(paged).isEqualTo(all);
    }
  }

  @Test
  void theTrialBalanceIsZeroAndSaysWhatIsInClearing() {
    JsonNode balance = get("/v1/audit/ledger/balance");

    assertThat(balance.get("balanced").asBoolean()).isTrue();
    assertThat(balance.get("items").valueStream().mapToLong(i -> i.get("balance").asLong()).sum())
        .isZero();
    assertThat(balance.get("items").size()).isEqualTo(5);
    JsonNode revenue =
        balance
            .get("items")
            .valueStream()
            .filter(item -> item.get("account").asString().equals("revenue"))
            .findFirst()
            .orElseThrow();
    assertThat(revenue.get("balance").asLong()).isEqualTo(-3060);
    assertThat(revenue.get("currency").asString()).isEqualTo("GBP");
    assertThat(balance.get("totals").get(0).get("debit"))
        .isEqualTo(balance.get("totals").get(0).get("credit"));
    assertThat(balance.get("clearing").get("open").asLong()).isEqualTo(1);
    assertThat(balance.get("clearing").get("overdue").asLong()).isZero();
  }

  @Test
  void whatStaysInClearingIsOverdueAfterAWhile() {
    server.nowIs(StoreServer.START.plusSeconds(121));

    assertThat(get("/v1/audit/ledger/balance").get("clearing").get("overdue").asLong())
        .isEqualTo(1);

    append(List.of(HELD.captured()));
    server.project();
    JsonNode clearing = get("/v1/audit/ledger/balance").get("clearing");
    assertThat(clearing.get("open").asLong()).isZero();
    assertThat(clearing.get("overdue").asLong()).isZero();
    assertThat(clearing.get("since").isNull()).isTrue();
  }

  @Test
  void isForAnalysts() {
    for (String uri : List.of("/v1/audit/ledger", "/v1/audit/ledger/balance")) {
      assertThat(StoreServer.status(server.client("ada", Caller.CUSTOMER), uri)).isEqualTo(403);
      assertThat(StoreServer.status(server.client("root", Caller.OPERATOR), uri)).isEqualTo(403);
      assertThat(StoreServer.status(server.client(), uri)).isEqualTo(401);
    }
    var ann = server.client("ann", Caller.ANALYST);
    assertThat(StoreServer.status(ann, "/v1/audit/ledger?cursor=nonsense")).isEqualTo(422);
    assertThat(StoreServer.status(ann, "/v1/audit/ledger?limit=0")).isEqualTo(422);
  }
}
