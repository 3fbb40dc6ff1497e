package dev.lastunit.fulfilment.query.web;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lastunit.shared.api.Caller;
import dev.lastunit.testing.Purchase;
import dev.lastunit.testing.StoreServer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.springframework.test.web.reactive.server.WebTestClient;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Shipments over HTTP, from their projection on a real database. */
class ShipmentReadControllerTest {

  private static StoreServer server;

  @BeforeAll
  static void sevenShipmentsOfWhichOneHasLeft() {
    server = StoreServer.shared();
    for (int i = 0; i < 7; i++) {
      Purchase purchase = Purchase.of("ord-" + i, "ada");
      server.append(purchase.orderId().stream(), purchase.placed());
      server.append(purchase.shipmentId().stream(), purchase.prepared());
    }
    Purchase left = Purchase.of("ord-3", "ada");
    server.append(left.shipmentId().stream(), left.dispatched());
    server.project();
  }

  private static JsonNode page(String uri) {
    return JsonMapper.shared()
        .readTree(
            warehouse()
                .get()
                .uri(uri)
                .exchange()
                .expectStatus()
                .isOk()
                .expectBody(String.class)
                .returnResult()
                .getResponseBody());
  }

  private static WebTestClient warehouse() {
    return server.client("packer", Caller.WAREHOUSE);
  }

  private static List<String> orders(JsonNode page) {
    List<String> orders = new ArrayList<>();
    page.get("items").forEach(item -> orders.add(item.get("orderId").asString()));
    return orders;
  }

  @Test
  void listsWhatIsToBePacked() {
    JsonNode page = page("/v1/shipments?status=prepared");

    assertThat(orders(page)).containsExactly("ord-6", "ord-5", "ord-4", "ord-2", "ord-1", "ord-0");
    JsonNode first = page.get("items").get(0);
    assertThat(first.get("shipmentId").asString()).isEqualTo("shp-6-main");
    assertThat(first.get("location").asString()).isEqualTo("main");
    assertThat(first.get("status").asString()).isEqualTo("prepared");
    assertThat(first.get("lines").get(0).get("quantity").asInt()).isEqualTo(6);
  }

  @Test
  void listsWhatHasLeft() {
    JsonNode page = page("/v1/shipments?status=dispatched");

    assertThat(orders(page)).containsExactly("ord-3");
    assertThat(page.get("items").get(0).get("trackingNumber").asString()).isEqualTo("RP1");
  }

  @Test
  void pagesMeet() {
    JsonNode first = page("/v1/shipments?limit=4");
    JsonNode second = page("/v1/shipments?limit=4&cursor=" + first.get("next").asString());

    assertThat(orders(first)).containsExactly("ord-6", "ord-5", "ord-4", "ord-3");
    assertThat(orders(second)).containsExactly("ord-2", "ord-1", "ord-0");
    assertThat(second.get("next").isNull()).isTrue();
  }

  @Test
  void isForTheWarehouse() {
    assertThat(StoreServer.status(server.client(), "/v1/shipments")).isEqualTo(401);
    assertThat(StoreServer.status(server.client("ada", Caller.CUSTOMER), "/v1/shipments"))
        .isEqualTo(403);
    assertThat(StoreServer.status(warehouse(), "/v1/shipments?status=lost")).isEqualTo(422);
  }
}
