package dev.lastunit.app.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lastunit.app.endtoend.ShopClient.Answer;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/**
 * The ledger is balanced whatever the provider does; money that moved behind our back is found,
 * goes back or waits for an operator, whose decision is in the event store.
 */
class ReconciliationIT {

  private static final Duration PATIENCE = Duration.ofSeconds(60);

  @TempDir static Path directory;

  private static Shop shop;
  private static ShopClient operator;
  private static ShopClient ada;
  private static Instant start;

  @BeforeAll
  static void startShop() {
    shop =
        Shop.start(
            directory,
            "lastunit.payment-timeout=PT1S",
            "lastunit.reservation-ttl=PT60S",
            "lastunit.reconciliation.every=off",
            "lastunit.reconciliation.settle=PT1S",
            "lastunit.reconciliation.poll=PT0.2S");
    operator = shop.operator();
    ada = shop.customer("ada");
    start = Instant.now().minusSeconds(5);
  }

  @AfterAll
  static void stopShop() {
    Invariants.hold(operator);
    shop.close();
  }

  private static String order(String token, String status) {
    String sku = "rec-" + ShopClient.newKey().substring(0, 8);
    operator.offer(sku, 1234, 10);
    Answer answer = ada.order(ShopClient.newKey(), Map.of(sku, 3), token, 30);
    String orderId = answer.body().get("orderId").asString();
    ada.awaitOrder(orderId, status, PATIENCE);
    return orderId;
  }

  private static JsonNode await(String what, String path, Predicate<JsonNode> condition) {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    JsonNode body;
    do {
      body = operator.get(path).expect(200).body();
      if (condition.test(body)) {
        return body;
      }
      ShopClient.sleep(100);
    } while (System.nanoTime() < deadline);
    throw new AssertionError("Not within " + PATIENCE + ": " + what + ", but " + body);
  }

  private static long sum(JsonNode lines, String account, String side) {
    return lines
        .get("items")
        .valueStream()
        .filter(line -> account == null || line.get("account").asString().equals(account))
        .mapToLong(line -> line.get(side).asLong())
        .sum();
  }

  /** The order's lines once its capture or what ends it is posted. */
  private static JsonNode ledger(String orderId, Predicate<JsonNode> condition) {
    JsonNode lines = await("the ledger", "/v1/audit/ledger?orderId=" + orderId, condition);
    assertThat(sum(lines, null, "debit")).isEqualTo(sum(lines, null, "credit"));
    assertThat(sum(lines, "provider-clearing", "debit"))
        .isEqualTo(sum(lines, "provider-clearing", "credit"));
    assertThat(sum(lines, "customer-receivable", "debit"))
        .isEqualTo(sum(lines, "customer-receivable", "credit"));
    return lines;
  }

  private static String charge(String reference, long amount) {
    return ShopClient.anonymous(shop.base())
        .post(
            "/simulator/v1/charges",
            Map.of(
                "reference",
                reference,
                "amount",
                amount,
                "currency",
                "GBP",
                "token",
                "tok_ok",
                "capture",
                true))
        .expect(201)
        .body()
        .get("chargeId")
        .asString();
  }

  private static JsonNode theCharge(String reference, String chargeId) {
    return operator.charges(reference).stream()
        .filter(charge -> charge.get("chargeId").asString().equals(chargeId))
        .findFirst()
        .orElseThrow();
  }

  /** Runs a reconciliation to its end. */
  private static JsonNode reconcile() {
    String run =
        operator
            .post("/v1/audit/reconciliations", Map.of("from", start.toString()))
            .expect(202)
            .body()
            .get("runId")
            .asString();
    JsonNode runs =
        await(
            "the run ends",
            "/v1/audit/reconciliations",
            page ->
                page.get("items")
                    .valueStream()
                    .anyMatch(
                        one ->
                            one.get("runId").asString().equals(run)
                                && one.get("state").asString().equals("completed")));
    return runs.get("items").get(0);
  }

  private static JsonNode difference(String reference, String state) {
    JsonNode page =
        await(
            reference + " is " + state,
            "/v1/audit/reconciliations",
            runs -> find(runs, reference, state) != null);
    return find(page, reference, state);
  }

  private static JsonNode find(JsonNode runs, String reference, String state) {
    return runs.get("items")
        .valueStream()
        .flatMap(run -> run.get("differences").valueStream())
        .filter(
            one ->
                one.get("reference").asString().equals(reference)
                    && one.get("state").asString().equals(state))
        .findFirst()
        .orElse(null);
  }

  @Test
  void theLedgerIsBalancedWhateverTheProviderDoes() {
    for (String token : List.of("tok_ok", "tok_async", "tok_timeout_charged")) {
      JsonNode lines =
          ledger(order(token, "confirmed"), page -> sum(page, "revenue", "credit") > 0);
      assertThat(sum(lines, "revenue", "credit")).as(token).isEqualTo(3 * 1234);
      assertThat(sum(lines, "provider-balance", "debit")).as(token).isEqualTo(3 * 1234);
    }
    String declined = order("tok_declined", "rejected");
    String cancelled = order("tok_ok", "confirmed");
    ledger(cancelled, page -> sum(page, "revenue", "credit") > 0);
    ada.post("/v1/orders/" + cancelled + "/cancellation", Map.of("reason", "mind")).expect(200);
    JsonNode undone = ledger(cancelled, page -> sum(page, "refunds", "debit") > 0);
    assertThat(sum(undone, "refunds", "debit")).isEqualTo(3 * 1234);
    assertThat(sum(undone, "provider-balance", "debit"))
        .isEqualTo(sum(undone, "provider-balance", "credit"));
    assertThat(ledger(declined, page -> true).get("items").size()).isZero();

    JsonNode balance =
        await(
            "clearing is empty",
            "/v1/audit/ledger/balance",
            sums -> sums.get("clearing").get("open").asLong() == 0);
    assertThat(balance.get("balanced").asBoolean()).isTrue();
    assertThat(balance.get("items").valueStream().mapToLong(i -> i.get("balance").asLong()).sum())
        .isZero();
  }

  @Test
  void aStrangersChargeWaitsForAnOperatorWhoGivesItBack() {
    String reference = "stranger-" + ShopClient.newKey();
    String chargeId = charge(reference, 999);
    JsonNode run = reconcile();
    assertThat(run.get("startedBy").asString()).isEqualTo("operator");
    JsonNode found = difference(reference, "parked");
    assertThat(found.get("kind").asString()).isEqualTo("charged-without-record");
    assertThat(found.get("owner").asString()).isEqualTo("operators");
    assertThat(Instant.parse(found.get("deadline").asString())).isAfter(Instant.now());
    assertThat(theCharge(reference, chargeId).get("status").asString()).isEqualTo("captured");

    String parked = found.get("id").asString();
    JsonNode page = operator.get("/v1/parked?limit=100").expect(200).body();
    assertThat(page.get("items").valueStream().map(one -> one.get("id").asString()))
        .contains(parked);
    Answer retried = operator.post("/v1/parked/" + parked + "/retry", Map.of()).expect(202);
    assertThat(retried.position()).isPositive();
    difference(reference, "parked");
    operator.post("/v1/parked/" + parked + "/abandon", Map.of()).expect(202);

    JsonNode healed = difference(reference, "healed");
    assertThat(healed.get("history").toString())
        .contains("given up by an operator", "refunded 999");
    assertThat(theCharge(reference, chargeId).get("status").asString()).isEqualTo("refunded");
    String events =
        operator
            .get(
                "/v1/events?type=ParkedRetryRequested,ParkedAbandonmentRequested&stream=parked-"
                    + parked)
            .expect(200)
            .text();
    assertThat(events.lines()).hasSize(2);
    assertThat(events)
        .contains("operations.ParkedRetryRequested", "operations.ParkedAbandonmentRequested")
        .contains("\"operator\":\"operator\"");
    assertThat(operator.get("/v1/events?type=ReconciliationRequested").expect(200).text())
        .contains(run.get("runId").asString());
  }

  @Test
  void aSecondChargeOfAnOrderGoesBackByItself() {
    String orderId = order("tok_ok", "confirmed");
    ledger(orderId, page -> sum(page, "revenue", "credit") > 0);
    String second = charge(orderId, 3 * 1234);

    reconcile();

    assertThat(difference(orderId, "healed").get("kind").asString()).isEqualTo("charged-twice");
    assertThat(theCharge(orderId, second).get("status").asString()).isEqualTo("refunded");
    assertThat(operator.charges(orderId).getFirst().get("amountRefunded").asLong()).isZero();
    assertThat(ada.get("/v1/orders/" + orderId).expect(200).body().get("status").asString())
        .isEqualTo("confirmed");
  }

  @Test
  void isForOperatorsAndAnalysts() {
    ada.get("/v1/audit/reconciliations").expect(403);
    ada.post("/v1/audit/reconciliations", Map.of()).expect(403);
    operator.post("/v1/audit/reconciliations", Map.of("to", "2999-01-01T00:00:00Z")).expect(422);
    operator.get("/v1/audit/reconciliations?cursor=nonsense").expect(422);
  }
}
