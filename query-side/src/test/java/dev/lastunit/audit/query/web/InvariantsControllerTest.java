package dev.lastunit.audit.query.web;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lastunit.inventory.api.StockEvent.StockReceived;
import dev.lastunit.shared.api.Caller;
import dev.lastunit.shared.api.CommandId;
import dev.lastunit.shared.api.Event;
import dev.lastunit.shared.api.Sku;
import dev.lastunit.testing.Purchase;
import dev.lastunit.testing.StoreServer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.test.web.reactive.server.WebTestClient;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The audit over HTTP, of a real event table. */
class InvariantsControllerTest {

  private static StoreServer server;

  private final Purchase purchase = Purchase.of("ord-a", "ada");

  @BeforeAll
  static void start() {
    server = StoreServer.shared();
  }

  @BeforeEach
  void someStock() {
    server.clear();
    append(new StockReceived(new Sku("85123A"), new CommandId("r"), Purchase.MAIN, 20_000, null));
    server.nowIs(StoreServer.START.plus(Duration.ofHours(1)));
  }

  private static long append(Event event) {
    return server.append(Purchase.stream(event), event);
  }

  private static WebTestClient.ResponseSpec audit() {
    return server.client("root", Caller.OPERATOR).get().uri("/v1/audit/invariants").exchange();
  }

  private static JsonNode report() {
    return JsonMapper.shared()
        .readTree(
            audit()
                .expectStatus()
                .isOk()
                .expectBody(String.class)
                .returnResult()
                .getResponseBody());
  }

  private static List<String> broken(JsonNode report) {
    List<String> names = new ArrayList<>();
    for (JsonNode finding : report.get("invariants")) {
      assertThat(finding.get("ok").asBoolean()).isEqualTo(finding.get("violations").isEmpty());
      if (!finding.get("ok").asBoolean()) {
        names.add(finding.get("name").asString());
      }
    }
    assertThat(report.get("ok").asBoolean()).isEqualTo(names.isEmpty());
    return names;
  }

  @Test
  void holdsOnACleanHistoryOfMoreThanOneBatch() {
    long last = 0;
    for (int i = 0; i < 150; i++) {
      Purchase next = Purchase.of("ord-" + i, "ada");
      List<Event> story =
          switch (i % 3) {
            case 0 -> next.success();
            case 1 -> next.undone();
            default -> next.refusal();
          };
      for (Event event : story) {
        last = append(event);
      }
    }

    JsonNode report = report();

    assertThat(broken(report)).isEmpty();
    assertThat(last).isGreaterThan(1_000);
    assertThat(report.get("position").asLong()).isEqualTo(last);
    assertThat(report.get("invariants")).hasSize(8);
    assertThat(report.get("invariants").get(6).get("checked").asLong()).isEqualTo(150);
  }

  @Test
  void holdsOnAnEmptyStore() {
    server.clear();

    assertThat(broken(report())).isEmpty();
  }

  @Test
  void tellsWhatIsBrokenAndWhere() {
    purchase.success().forEach(InvariantsControllerTest::append);
    long again = append(purchase.captured());

    JsonNode report = report();

    assertThat(broken(report)).containsExactly("one-charge-per-order", "money-conserved");
    JsonNode violation = report.get("invariants").get(3).get("violations").get(0);
    assertThat(violation.get("subject").asString()).isEqualTo("order ord-a");
    assertThat(violation.get("position").asLong()).isEqualTo(again);
    assertThat(violation.get("detail").asString()).contains("charged 2 times");
  }

  @Test
  void isSilentAboutWorkUnderWay() {
    append(purchase.placed());
    server.nowIs(StoreServer.START.plusSeconds(60));
    assertThat(broken(report())).isEmpty();

    server.nowIs(StoreServer.START.plusSeconds(600));
    assertThat(broken(report())).containsExactly("no-lost-order");
  }

  @Test
  void failsLoudlyOnWhatItCannotRead() {
    server.insert("order-x", StoreServer.START, "ordering.OrderForgotten", "1", "{}", "{}");

    audit()
        .expectStatus()
        .isEqualTo(500)
        .expectBody()
        .jsonPath("$.detail")
        .value(String.class, detail -> assertThat(detail).contains("OrderForgotten"));
  }

  @Test
  void failsLoudlyOnAnUnknownRevisionAndOnABrokenPayload() {
    server.insert("order-x", StoreServer.START, "ordering.OrderConfirmed", "9", "{}", "{}");
    audit().expectStatus().isEqualTo(500).expectBody().returnResult();

    server.clear();
    server.insert("order-x", StoreServer.START, "ordering.OrderConfirmed", "1", "{", "{}");
    audit().expectStatus().isEqualTo(500).expectBody().returnResult();
  }

  @Test
  void failsLoudlyOnAGap() {
    append(purchase.placed());
    server.jdbc().update("update eventstore.event set position = 9 where position = 2");

    audit().expectStatus().isEqualTo(500).expectBody().returnResult();
  }

  @Test
  void isForOperatorsAndAnalysts() {
    status(server.client(), 401);
    status(server.client("ada", Caller.CUSTOMER), 403);
    status(server.client("ann", Caller.ANALYST), 200);
  }

  private static void status(WebTestClient client, int status) {
    assertThat(StoreServer.status(client, "/v1/audit/invariants")).isEqualTo(status);
  }
}
