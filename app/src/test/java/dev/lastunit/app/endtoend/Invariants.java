package dev.lastunit.app.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lastunit.app.endtoend.ShopClient.Answer;
import java.util.List;
import tools.jackson.databind.JsonNode;

/**
 * What must hold after any test: the shop's own audit, and that its books and the payment
 * provider's agree.
 */
final class Invariants {

  private static final List<String> NAMES =
      List.of(
          "no-oversell",
          "stock-conserved",
          "one-order-per-key",
          "one-charge-per-order",
          "money-conserved",
          "no-orphan-reservation",
          "no-lost-order",
          "clearing-settled");

  private Invariants() {}

  static void hold(ShopClient operator) {
    Answer answer = operator.get("/v1/audit/invariants").expect(200);
    JsonNode invariants = answer.body().get("invariants");
    assertThat(invariants.valueStream().map(i -> i.get("name").asString()))
        .containsExactlyInAnyOrderElementsOf(NAMES);
    assertThat(answer.body().get("ok").asBoolean()).as(answer.text()).isTrue();
  }

  /**
   * A confirmed order has one charge, captured in full; any other has none that holds or keeps
   * money.
   */
  static void moneyAgrees(ShopClient operator, JsonNode order) {
    String orderId = order.get("orderId").asString();
    List<JsonNode> charges = operator.charges(orderId);
    assertThat(charges).as("charges of " + orderId).hasSizeLessThanOrEqualTo(1);
    boolean confirmed = "confirmed".equals(order.get("status").asString());
    if (confirmed) {
      assertThat(charges).as("charges of " + orderId).hasSize(1);
      JsonNode charge = charges.getFirst();
      assertThat(charge.get("status").asString()).isEqualTo("captured");
      assertThat(charge.get("amountCaptured").asLong())
          .isEqualTo(order.get("total").get("amount").asLong());
      assertThat(charge.get("amountRefunded").asLong()).isZero();
      return;
    }
    for (JsonNode charge : charges) {
      assertThat(charge.get("amountCaptured").asLong() - charge.get("amountRefunded").asLong())
          .isZero();
      assertThat(charge.get("status").asString()).isIn("declined", "voided", "refunded");
    }
  }
}
