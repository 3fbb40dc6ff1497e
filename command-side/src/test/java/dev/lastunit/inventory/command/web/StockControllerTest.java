package dev.lastunit.inventory.command.web;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lastunit.inventory.api.Sourcing;
import dev.lastunit.inventory.api.StockCommand.ReserveStock;
import dev.lastunit.inventory.api.StockEvent.StockAdjusted;
import dev.lastunit.inventory.api.StockEvent.StockPolicySet;
import dev.lastunit.inventory.api.StockEvent.StockReceived;
import dev.lastunit.inventory.api.StockPolicy;
import dev.lastunit.inventory.command.InventoryCommandSide;
import dev.lastunit.shared.api.Commands;
import dev.lastunit.shared.api.ErrorCode;
import dev.lastunit.shared.api.LocationId;
import dev.lastunit.shared.api.OrderId;
import dev.lastunit.shared.api.ReservationId;
import dev.lastunit.shared.api.Result;
import dev.lastunit.shared.api.Sku;
import dev.lastunit.testing.InMemoryCommandSide;
import dev.lastunit.testing.TestServer;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.http.MediaType;
import org.springframework.test.json.JsonCompareMode;
import org.springframework.test.web.reactive.server.WebTestClient;

/** Stock over HTTP, down to the events that are recorded. */
class StockControllerTest {

  private static final Sku SKU = new Sku("85123A");

  private InMemoryCommandSide commandSide;
  private TestServer server;
  private WebTestClient client;

  @BeforeEach
  void start() {
    var ids = new AtomicLong();
    commandSide = new InMemoryCommandSide(InventoryCommandSide.aggregate());
    server =
        new TestServer(new StockController(commandSide, () -> new UUID(0, ids.incrementAndGet())));
    client = server.client();
  }

  @AfterEach
  void stop() {
    server.close();
    commandSide.close();
  }

  @Test
  void receivesUnits() {
    post("receipts", "{\"location\":\"hull\",\"quantity\":5,\"reference\":\"note 7\"}", null)
        .expectStatus()
        .isCreated()
        .expectHeader()
        .valueEquals("Event-Position", "1")
        .expectHeader()
        .doesNotExist("Idempotency-Replayed")
        .expectBody()
        .json(
            "{\"sku\":\"85123A\",\"onHand\":5,\"reserved\":0,\"available\":5,\"sold\":0}",
            JsonCompareMode.STRICT);

    assertThat(commandSide.events())
        .singleElement()
        .isInstanceOfSatisfying(
            StockReceived.class,
            e -> {
              assertThat(e.sku()).isEqualTo(SKU);
              assertThat(e.location()).isEqualTo(new LocationId("hull"));
              assertThat(e.quantity()).isEqualTo(5);
              assertThat(e.reference()).isEqualTo("note 7");
            });
    assertThat(commandSide.metadata().getFirst()).containsEntry(Commands.SUBJECT, "ware");
  }

  @Test
  void countsRequestsWithoutAKeyEachTime() {
    for (int i = 1; i <= 2; i++) {
      post("receipts", "{\"location\":\"hull\",\"quantity\":5}", null)
          .expectStatus()
          .isCreated()
          .expectBody()
          .jsonPath("$.onHand")
          .isEqualTo(5 * i);
    }
  }

  @Test
  void countsARepeatedKeyOnce() {
    var body = "{\"location\":\"hull\",\"quantity\":5}";
    post("receipts", body, "delivery-7").expectStatus().isCreated();

    post("receipts", body, "delivery-7")
        .expectStatus()
        .isCreated()
        .expectHeader()
        .valueEquals("Idempotency-Replayed", "true")
        .expectBody()
        .jsonPath("$.onHand")
        .isEqualTo(5);
    assertThat(commandSide.events()).hasSize(1);
  }

  @Test
  void keepsTheKeysOfSubjectsApart() {
    var body = "{\"location\":\"hull\",\"quantity\":5}";
    post("receipts", body, "delivery-7").expectStatus().isCreated();

    client
        .mutate()
        .defaultHeaders(headers -> headers.set(TestServer.SUBJECT, "other"))
        .build()
        .post()
        .uri("/v1/inventory/85123A/receipts")
        .header("Idempotency-Key", "delivery-7")
        .contentType(MediaType.APPLICATION_JSON)
        .bodyValue(body)
        .exchange()
        .expectStatus()
        .isCreated()
        .expectBody()
        .jsonPath("$.onHand")
        .isEqualTo(10);
  }

  @Test
  void refusesAKeyForAnotherBody() {
    post("receipts", "{\"location\":\"hull\",\"quantity\":5}", "k").expectStatus().isCreated();

    problem(
        post("receipts", "{\"location\":\"hull\",\"quantity\":6}", "k"),
        ErrorCode.IDEMPOTENCY_KEY_REUSED);
    problem(
        post("adjustments", "{\"location\":\"hull\",\"delta\":5,\"reason\":\"x\"}", "k"),
        ErrorCode.IDEMPOTENCY_KEY_REUSED);
  }

  @Test
  void refusesAKeyThatIsTooLong() {
    var body = "{\"location\":\"hull\",\"quantity\":5}";
    post("receipts", body, "k".repeat(255)).expectStatus().isCreated();
    problem(post("receipts", body, "k".repeat(256)), ErrorCode.IDEMPOTENCY_KEY_INVALID);
    problem(post("receipts", body, "a key"), ErrorCode.IDEMPOTENCY_KEY_INVALID);
  }

  @Test
  void tellsEverythingThatIsWrongWithAReceipt() {
    problem(
            client
                .post()
                .uri("/v1/inventory/{sku}/receipts", "-")
                .contentType(MediaType.APPLICATION_JSON)
                .bodyValue("{\"quantity\":0,\"reference\":\"" + "x".repeat(201) + "\"}")
                .exchange(),
            ErrorCode.INVALID_FIELD)
        .jsonPath("$.violations[*].field")
        .isEqualTo(List.of("sku", "location", "quantity", "reference"));
  }

  @Test
  void refusesTextThatNoDatabaseCanHold() {
    problem(
            post("receipts", "{\"location\":\"hu\\u0000ll\",\"quantity\":1}", null),
            ErrorCode.INVALID_FIELD)
        .jsonPath("$.violations[0].field")
        .isEqualTo("location");
  }

  @Test
  void adjustsACount() {
    post("receipts", "{\"location\":\"hull\",\"quantity\":5}", null);

    post("adjustments", "{\"location\":\"hull\",\"delta\":-2,\"reason\":\"broken\"}", null)
        .expectStatus()
        .isCreated()
        .expectHeader()
        .valueEquals("Event-Position", "2")
        .expectBody()
        .jsonPath("$.onHand")
        .isEqualTo(3);
    assertThat(commandSide.events().getLast()).isInstanceOf(StockAdjusted.class);
  }

  @Test
  void refusesToTakeReservedUnits() throws Exception {
    post("receipts", "{\"location\":\"hull\",\"quantity\":5}", null);
    var order = new OrderId("ord-1");
    var reserved =
        commandSide
            .send(
                new ReserveStock(
                    SKU,
                    ReservationId.of(order, SKU),
                    order,
                    4,
                    Duration.ofMinutes(15),
                    Instant.parse("2026-11-27T12:00:00Z")))
            .get(5, TimeUnit.SECONDS);
    assertThat(reserved.result()).isInstanceOf(Result.Accepted.class);

    problem(
            post("adjustments", "{\"location\":\"hull\",\"delta\":-2,\"reason\":\"x\"}", null),
            ErrorCode.INSUFFICIENT_STOCK)
        .jsonPath("$.extensions.reserved")
        .isEqualTo(4);
  }

  @Test
  void tellsEverythingThatIsWrongWithAnAdjustment() {
    problem(post("adjustments", "{\"delta\":0,\"reason\":\" \"}", null), ErrorCode.INVALID_FIELD)
        .jsonPath("$.violations[*].field")
        .isEqualTo(List.of("location", "delta", "reason"));
  }

  @Test
  void setsAPolicy() {
    put("{\"reservationTtl\":\"PT4S\",\"safetyStock\":2,\"sourcing\":\"priority\"}")
        .expectStatus()
        .isOk()
        .expectHeader()
        .valueEquals("Event-Position", "1")
        .expectBody()
        .json(
            "{\"reservationTtl\":\"PT4S\",\"safetyStock\":2,\"oversellAllowance\":0,"
                + "\"sourcing\":\"priority\"}",
            JsonCompareMode.STRICT);

    assertThat(commandSide.events())
        .containsExactly(
            new StockPolicySet(
                SKU, new StockPolicy(Duration.ofSeconds(4), 2, 0, Sourcing.PRIORITY)));
  }

  @Test
  void putsTheDefaultPolicyWithoutATrace() {
    put("{}").expectStatus().isOk();

    assertThat(commandSide.events()).isEmpty();
    assertThat(commandSide.hasStream("stock-85123A")).isFalse();
  }

  @ParameterizedTest
  @CsvSource({
    "reservationTtl, '{\"reservationTtl\":\"15 minutes\"}'",
    "reservationTtl, '{\"reservationTtl\":\"PT0.5S\"}'",
    "reservationTtl, '{\"reservationTtl\":\"P31D\"}'",
    "safetyStock, '{\"safetyStock\":-1}'",
    "oversellAllowance, '{\"oversellAllowance\":1}'",
    "sourcing, '{\"sourcing\":\"fastest\"}'",
    "sourcing, '{\"sourcing\":\"PRIORITY\"}'"
  })
  void tellsWhatIsWrongWithAPolicy(String field, String body) {
    problem(put(body), ErrorCode.INVALID_FIELD)
        .jsonPath("$.violations[*].field")
        .isEqualTo(List.of(field));
  }

  @Test
  void reservesNothingOfAnUnknownSkuAndReceivesItLater() throws Exception {
    var order = new OrderId("ord-1");
    var refused =
        commandSide
            .send(
                new ReserveStock(
                    SKU,
                    ReservationId.of(order, SKU),
                    order,
                    1,
                    Duration.ofMinutes(15),
                    Instant.parse("2026-11-27T12:00:00Z")))
            .get(5, TimeUnit.SECONDS);

    assertThat(refused.result()).isInstanceOf(Result.Refused.class);
    assertThat(commandSide.hasStream("stock-85123A")).isFalse();
    post("receipts", "{\"location\":\"hull\",\"quantity\":5}", null)
        .expectStatus()
        .isCreated()
        .expectBody()
        .jsonPath("$.onHand")
        .isEqualTo(5);
  }

  private WebTestClient.ResponseSpec post(String what, String body, String key) {
    return client
        .post()
        .uri("/v1/inventory/85123A/" + what)
        .headers(
            headers -> {
              if (key != null) {
                headers.set("Idempotency-Key", key);
              }
            })
        .contentType(MediaType.APPLICATION_JSON)
        .bodyValue(body)
        .exchange();
  }

  private WebTestClient.ResponseSpec put(String body) {
    return client
        .put()
        .uri("/v1/inventory/85123A/policy")
        .contentType(MediaType.APPLICATION_JSON)
        .bodyValue(body)
        .exchange();
  }

  private static WebTestClient.BodyContentSpec problem(
      WebTestClient.ResponseSpec response, ErrorCode code) {
    var body = response.expectStatus().isEqualTo(code.status()).expectBody();
    body.jsonPath("$.code").isEqualTo(code.name());
    return body;
  }
}
