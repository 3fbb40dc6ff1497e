package dev.lastunit.payment.query.web;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lastunit.shared.api.Caller;
import dev.lastunit.testing.Purchase;
import dev.lastunit.testing.StoreServer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.test.web.reactive.server.WebTestClient;

/** Payments over HTTP, from their projection on a real database. */
class PaymentReadControllerTest {

  private StoreServer server;
  private long position;

  @BeforeEach
  void oneOrderUndoneAndOneClosed() {
    server = StoreServer.shared();
    Purchase.of("ord-a", "ada")
        .undone()
        .forEach(event -> server.append(Purchase.stream(event), event));
    Purchase closed = Purchase.of("ord-closed", "ada");
    server.append(closed.orderId().stream(), closed.placed());
    position = server.append(closed.paymentId().stream(), closed.abandoned());
    server.project();
  }

  @Test
  void showsThePaymentToItsOwnerWithoutTheToken() {
    String body =
        server
            .client("ada", Caller.CUSTOMER)
            .get()
            .uri("/v1/payments/pay-a")
            .header("Min-Event-Position", Long.toString(position))
            .exchange()
            .expectStatus()
            .isOk()
            .expectHeader()
            .valueEquals("Event-Position", Long.toString(position))
            .expectBody(String.class)
            .returnResult()
            .getResponseBody();

    assertThat(body)
        .contains("\"orderId\":\"ord-a\"", "\"status\":\"refunded\"", "\"chargeId\":\"ch-a\"")
        .contains("\"captured\":{\"amount\":1530,\"currency\":\"GBP\"}")
        .contains("\"refunded\":{\"amount\":1530,\"currency\":\"GBP\"}")
        .doesNotContain("tok_ok");
  }

  @Test
  void anothersPaymentIsNotThere() {
    status(server.client("eve", Caller.CUSTOMER), "pay-a", 404);
    status(server.client("eve", Caller.CUSTOMER), "pay-missing", 404);
    status(server.client(), "pay-a", 401);
    status(server.client("root", Caller.OPERATOR), "pay-a", 200);
  }

  @Test
  void aPaymentThatNobodyAskedForIsForOperators() {
    status(server.client("ada", Caller.CUSTOMER), "pay-closed", 404);
    server
        .client("root", Caller.OPERATOR)
        .get()
        .uri("/v1/payments/pay-closed")
        .exchange()
        .expectStatus()
        .isOk()
        .expectBody()
        .jsonPath("$.status")
        .isEqualTo("abandoned");
  }

  private static void status(WebTestClient client, String payment, int status) {
    assertThat(StoreServer.status(client, "/v1/payments/" + payment)).isEqualTo(status);
  }
}
