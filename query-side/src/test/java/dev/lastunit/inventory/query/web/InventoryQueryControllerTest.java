package dev.lastunit.inventory.query.web;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lastunit.inventory.api.Sourcing;
import dev.lastunit.inventory.api.StockEvent.ReservationReleased;
import dev.lastunit.inventory.api.StockEvent.StockPolicySet;
import dev.lastunit.inventory.api.StockEvent.StockReceived;
import dev.lastunit.inventory.api.StockEvent.StockReserved;
import dev.lastunit.inventory.api.StockPolicy;
import dev.lastunit.shared.api.Allocation;
import dev.lastunit.shared.api.Caller;
import dev.lastunit.shared.api.CommandId;
import dev.lastunit.shared.api.LocationId;
import dev.lastunit.shared.api.OrderId;
import dev.lastunit.shared.api.ReservationId;
import dev.lastunit.shared.api.Sku;
import dev.lastunit.testing.ReadServer;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.springframework.http.HttpHeaders;
import org.springframework.test.json.JsonCompareMode;
import org.springframework.test.web.reactive.server.EntityExchangeResult;
import org.springframework.test.web.reactive.server.WebTestClient;

/** Stock and reservations as those who run the shop see them. */
class InventoryQueryControllerTest {

  private static final LocationId NORTH = new LocationId("north");
  private static final LocationId SOUTH = new LocationId("south");
  private static final Instant EXPIRY = Instant.parse("2026-11-23T19:15:00.123456Z");

  private static ReadServer server;
  private static WebTestClient operator;

  /** A page as JSON. */
  record Page(List<Held> items, String next) {}

  record Held(
      String reservationId,
      String orderId,
      long quantity,
      List<Allocation> allocations,
      Instant expiresAt) {}

  @BeforeAll
  static void start() {
    server = new ReadServer(List.of("V2__inventory.sql"), List.of("dev.lastunit.inventory"));
    operator = server.client("op", Caller.OPERATOR);
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  @Test
  void showsStockPerLocationWithItsPolicy() {
    Sku sku = new Sku("A 1");
    long position =
        server.record(
            received(sku, NORTH, 10),
            received(sku, SOUTH, 4),
            reserved(sku, "ord-1", EXPIRY, new Allocation(SOUTH, 3)),
            new StockPolicySet(
                sku, new StockPolicy(Duration.ofMinutes(20), 2, 1, Sourcing.FEWEST_SHIPMENTS)));
    server.record(received(new Sku("OTHER"), NORTH, 1));

    server
        .client("w", Caller.WAREHOUSE)
        .get()
        .uri("/v1/inventory/{sku}", "A 1")
        .exchange()
        .expectStatus()
        .isOk()
        .expectHeader()
        .valueEquals("Event-Position", server.events().head())
        .expectBody()
        .json(
            """
            {"sku": "A 1", "onHand": 14, "reserved": 3, "available": 10, "sold": 0,
             "locations": [
               {"location": "north", "onHand": 10, "reserved": 0, "available": 10},
               {"location": "south", "onHand": 4, "reserved": 3, "available": 1}],
             "policy": {"reservationTtl": "PT20M", "safetyStock": 2, "oversellAllowance": 1,
               "sourcing": "fewest-shipments"},
             "position": %d}
            """
                .formatted(position),
            JsonCompareMode.STRICT);
  }

  @Test
  void showsADefaultPolicyAndNeverLessThanNothing() {
    Sku sku = new Sku("B-1");
    server.record(received(sku, NORTH, 1));
    operator
        .get()
        .uri("/v1/inventory/B-1")
        .exchange()
        .expectBody()
        .json(
            """
            {"policy": {"reservationTtl": null, "safetyStock": 0, "oversellAllowance": 0,
              "sourcing": "priority"}}
            """);
    server.record(new StockPolicySet(sku, new StockPolicy(null, 5, 0, Sourcing.PRIORITY)));
    operator
        .get()
        .uri("/v1/inventory/B-1")
        .exchange()
        .expectBody()
        .jsonPath("$.available")
        .isEqualTo(0);
  }

  @Test
  void listsOpenReservationsInTheOrderOfTheirExpiry() {
    Sku sku = new Sku("C-1");
    List<String> expected = new ArrayList<>();
    server.record(received(sku, NORTH, 100));
    for (int i = 0; i < 25; i++) {
      // Two at a time expire together.
      String order = "ord-c%02d".formatted(i);
      server.recordOnly(reserved(sku, order, EXPIRY.plusSeconds(i / 2), new Allocation(NORTH, 2)));
      expected.add(order);
    }
    OrderId released = new OrderId("ord-c03");
    server.record(
        new ReservationReleased(
            sku,
            ReservationId.of(released, sku),
            released,
            List.of(new Allocation(NORTH, 2)),
            "cancelled"));
    expected.remove("ord-c03");

    List<Held> seen = new ArrayList<>();
    String address = "/v1/inventory/C-1/reservations?limit=7";
    while (address != null) {
      EntityExchangeResult<Page> answer =
          operator
              .get()
              .uri(address)
              .exchange()
              .expectStatus()
              .isOk()
              .expectBody(Page.class)
              .returnResult();
      seen.addAll(answer.getResponseBody().items());
      String link = answer.getResponseHeaders().getFirst(HttpHeaders.LINK);
      assertThat(link == null).isEqualTo(answer.getResponseBody().next() == null);
      address = link == null ? null : link.substring(1, link.indexOf('>'));
    }
    assertThat(seen).extracting(Held::orderId).containsExactlyElementsOf(expected);
    assertThat(seen.getFirst())
        .isEqualTo(
            new Held(
                ReservationId.of(new OrderId("ord-c00"), sku).value(),
                "ord-c00",
                2,
                List.of(new Allocation(NORTH, 2)),
                EXPIRY));
  }

  @Test
  void tellsNoReservationsApartFromNoSku() {
    server.record(received(new Sku("D-1"), NORTH, 1));
    operator
        .get()
        .uri("/v1/inventory/D-1/reservations")
        .exchange()
        .expectStatus()
        .isOk()
        .expectBody()
        .json("{\"items\": [], \"next\": null}", JsonCompareMode.STRICT);
    for (String address :
        List.of("/v1/inventory/NONE", "/v1/inventory/*", "/v1/inventory/NONE/reservations")) {
      operator.get().uri(address).exchange().expectStatus().isNotFound();
    }
  }

  @Test
  void isForThoseWhoRunTheShop() {
    server.record(received(new Sku("E-1"), NORTH, 1));
    expect(server.client(), "/v1/inventory/E-1", 401);
    expect(server.client("c", Caller.CUSTOMER, Caller.ANALYST), "/v1/inventory/E-1", 403);
    expect(server.client("w", Caller.WAREHOUSE), "/v1/inventory/E-1/reservations", 403);
    expect(server.client("w", Caller.WAREHOUSE), "/v1/inventory/E-1", 200);
  }

  @Test
  void refusesReservationsOfThePastAndForeignCursors() {
    server.record(received(new Sku("F-1"), NORTH, 1));
    for (String query :
        List.of("/reservations?at=2026-11-23T19:00:00Z", "/reservations?cursor=AAAA")) {
      expect(operator, "/v1/inventory/F-1" + query, 422);
    }
    expect(operator, "/v1/inventory/F-1?unknown=1", 200);
  }

  private static void expect(WebTestClient client, String address, int status) {
    client.get().uri(address).exchange().expectStatus().isEqualTo(status);
  }

  private static StockReceived received(Sku sku, LocationId location, int quantity) {
    return new StockReceived(sku, new CommandId("c"), location, quantity, null);
  }

  private static StockReserved reserved(
      Sku sku, String order, Instant expiry, Allocation... parts) {
    OrderId orderId = new OrderId(order);
    return new StockReserved(sku, ReservationId.of(orderId, sku), orderId, List.of(parts), expiry);
  }
}
