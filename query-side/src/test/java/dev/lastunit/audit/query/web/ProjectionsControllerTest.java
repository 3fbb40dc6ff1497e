package dev.lastunit.audit.query.web;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lastunit.shared.api.Caller;
import dev.lastunit.testing.Purchase;
import dev.lastunit.testing.StoreServer;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** How far the handlers are, over HTTP and as a metric. */
class ProjectionsControllerTest {

  private static StoreServer server;

  @BeforeAll
  static void threeHandlersThatAreTwoEventsBehind() {
    server = StoreServer.shared();
    Purchase purchase = Purchase.of("ord-a", "ada");
    server.append(purchase.orderId().stream(), purchase.placed());
    server.project();
    server.append(purchase.orderId().stream(), purchase.reserved());
    server.append(purchase.paymentId().stream(), purchase.requested());
  }

  @Test
  void listsEveryHandlerByName() {
    server
        .client("root", Caller.OPERATOR)
        .get()
        .uri("/v1/projections")
        .exchange()
        .expectStatus()
        .isOk()
        .expectHeader()
        .valueEquals("Event-Position", "3")
        .expectBody()
        .json(
            """
            [{"name": "fulfilment.shipments", "position": 1, "head": 3, "lag": 2,
              "status": "live", "replay": null},
             {"name": "ledger.postings", "position": 1, "head": 3, "lag": 2,
              "status": "live", "replay": null},
             {"name": "ordering.orders", "position": 1, "head": 3, "lag": 2,
              "status": "live", "replay": null},
             {"name": "payment.payments", "position": 1, "head": 3, "lag": 2,
              "status": "live", "replay": null}]
            """);
  }

  @Test
  void isForOperators() {
    assertThat(StoreServer.status(server.client("ann", Caller.ANALYST), "/v1/projections"))
        .isEqualTo(403);
  }

  @Test
  void metersTheLagOfEachHandlerOnceTheServiceIsReady() {
    server.ready();

    assertThat(server.meters().find("lastunit.projection.lag").gauges())
        .extracting(gauge -> gauge.getId().getTag("handler"))
        .containsExactlyInAnyOrder(
            "fulfilment.shipments", "ledger.postings", "ordering.orders", "payment.payments");
    assertThat(
            server
                .meters()
                .get("lastunit.projection.lag")
                .tag("handler", "ordering.orders")
                .gauge()
                .value())
        .isEqualTo(2);
  }
}
