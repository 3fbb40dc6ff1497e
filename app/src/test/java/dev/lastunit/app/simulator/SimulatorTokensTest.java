package dev.lastunit.app.simulator;

import static dev.lastunit.app.simulator.SimulatorServer.CHARGES;
import static dev.lastunit.app.simulator.SimulatorServer.charge;
import static dev.lastunit.app.simulator.SimulatorServer.json;
import static dev.lastunit.app.simulator.SimulatorServer.reference;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URI;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.http.MediaType;

/** Each token does what it is for, seen from outside, and the books agree with the answer. */
class SimulatorTokensTest {

  private static WebhookReceiver receiver;
  private static SimulatorServer server;

  @BeforeAll
  static void start() {
    receiver = new WebhookReceiver();
    server = new SimulatorServer("lastunit.simulator.webhook-url=" + receiver.url());
  }

  @AfterAll
  static void stop() {
    server.close();
    receiver.close();
  }

  @ParameterizedTest
  @CsvSource({
    "tok_ok, authorised",
    "tok_declined, declined",
    "tok_slow, authorised",
    "tok_async, pending",
    "tok_async_declined, pending",
    "tok_never, pending",
    "tok_webhook_twice, authorised"
  })
  void answersWithTheFirstStatus(String token, String status) {
    var reference = reference();
    var answer = server.open(reference, token);

    assertThat(answer.path("status").asString()).isEqualTo(status);
    assertThat(answer.path("reference").asString()).isEqualTo(reference);
    assertThat(answer.path("amount").longValue()).isEqualTo(1999);
    assertThat(answer.path("amountCaptured").longValue()).isZero();
    assertThat(answer.path("amountRefunded").longValue()).isZero();
    assertThat(answer.path("currency").asString()).isEqualTo("EUR");
    assertThat(answer.path("chargeId").asString()).matches("ch_[0-9a-f]{32}");
    assertThat(server.find(reference)).hasSize(1);
  }

  @Test
  void aDeclineIsAnOutcomeWithItsReasonAndStaysInTheBooks() {
    var reference = reference();
    var answer = server.open(reference, "tok_declined");

    assertThat(answer.path("declineCode").asString()).isEqualTo("card_declined");
    assertThat(server.find(reference).get(0)).isEqualTo(answer);
    assertThat(server.open(reference(), "tok_ok").has("declineCode")).isFalse();
  }

  @Test
  void locationLeadsToTheCharge() {
    var location =
        server
            .post(CHARGES, null, charge(reference(), "tok_ok"))
            .expectStatus()
            .isCreated()
            .expectBody()
            .returnResult()
            .getResponseHeaders()
            .getLocation();

    assertThat(location).isNotNull();
    server.get(location.toString()).expectStatus().isOk();
  }

  @ParameterizedTest
  @CsvSource({"tok_ok, captured, 1999", "tok_declined, declined, 0", "tok_never, pending, 0"})
  void capturesAtOnceWhenAskedToAndAuthorised(String token, String status, long captured) {
    var body = new HashMap<>(charge(reference(), token));
    body.put("capture", true);
    var answer = json(server.post(CHARGES, null, body).expectStatus().isCreated());

    assertThat(answer.path("status").asString()).isEqualTo(status);
    assertThat(answer.path("amountCaptured").longValue()).isEqualTo(captured);
  }

  @Test
  void slowIsLateButFine() {
    var begin = System.nanoTime();
    server.open(reference(), "tok_slow");

    assertThat(Duration.ofNanos(System.nanoTime() - begin))
        .isBetween(Duration.ofMillis(800), Duration.ofSeconds(3));
  }

  @ParameterizedTest
  @CsvSource({"tok_async, authorised", "tok_async_declined, declined"})
  void asyncIsDecidedLaterAndReportedByWebhook(String token, String decision) {
    var reference = reference();
    var pending = server.open(reference, token);
    Await.until("the webhook", () -> !receiver.about(reference).isEmpty());

    var hook = receiver.about(reference).getFirst();
    assertThat(hook.type()).isEqualTo("charge." + decision);
    assertThat(hook.charge()).isEqualTo(server.again(pending));
    assertThat(hook.charge().path("status").asString()).isEqualTo(decision);
    assertThat(hook.charge().has("declineCode")).isEqualTo(decision.equals("declined"));
  }

  @Test
  void asyncWithCaptureIsCapturedByTheDecision() {
    var reference = reference();
    var body = new HashMap<>(charge(reference, "tok_async"));
    body.put("capture", true);
    server.post(CHARGES, null, body).expectStatus().isCreated();
    Await.until("both webhooks", () -> receiver.about(reference).size() == 2);

    assertThat(receiver.about(reference))
        .extracting(WebhookReceiver.Received::type)
        .containsExactlyInAnyOrder("charge.authorised", "charge.captured");
    assertThat(server.find(reference).get(0).path("amountCaptured").longValue()).isEqualTo(1999);
  }

  @Test
  void aVoidedPendingChargeIsNotRevivedByItsDecision() throws InterruptedException {
    var reference = reference();
    var pending = server.open(reference, "tok_async");
    server.move(pending, "void", Map.of());
    // The decision was due after 300 ms and every second there is a round that looks for any.
    Thread.sleep(1_300);

    assertThat(server.again(pending).path("status").asString()).isEqualTo("voided");
    assertThat(receiver.about(reference))
        .extracting(WebhookReceiver.Received::type)
        .containsExactly("charge.voided");
  }

  @Test
  void neverStaysPendingAndSendsNothing() throws InterruptedException {
    var reference = reference();
    var pending = server.open(reference, "tok_never");
    Thread.sleep(1_300);

    assertThat(server.again(pending).path("status").asString()).isEqualTo("pending");
    assertThat(receiver.about(reference)).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({"tok_timeout_charged, 1", "tok_timeout_uncharged, 0"})
  void timeoutsGiveNoAnswerButTheBooksTell(String token, int charges) {
    var reference = reference();
    var impatient = server.client(Duration.ofMillis(500));
    assertThatThrownBy(
            () ->
                impatient
                    .post()
                    .uri(CHARGES)
                    .header("Idempotency-Key", reference)
                    .bodyValue(charge(reference, token))
                    .exchange())
        .isInstanceOf(IllegalStateException.class);

    var found = server.find(reference);
    assertThat(found).hasSize(charges);
    for (var charge : found) {
      assertThat(charge.path("status").asString()).isEqualTo("authorised");
    }
  }

  @Test
  void aHeldRequestEndsAtLast() {
    server
        .post(CHARGES, null, charge(reference(), "tok_timeout_uncharged"))
        .expectStatus()
        .isEqualTo(504)
        .expectHeader()
        .contentType(MediaType.APPLICATION_PROBLEM_JSON);
  }

  /** Twice as many held requests as there are connections, and the next one is still served. */
  @Test
  void heldRequestsHoldNoConnectionOfTheDatabase() throws InterruptedException {
    var reference = reference();
    var held =
        IntStream.range(0, 2 * SimulatorDatabase.CONNECTIONS)
            .mapToObj(
                i ->
                    Thread.startVirtualThread(
                        () -> server.post(CHARGES, null, charge(reference, "tok_timeout_charged"))))
            .toList();
    Await.until("all charges", () -> server.find(reference).size() == held.size());
    var ended = held.stream().filter(thread -> !thread.isAlive()).count();
    server.open(reference(), "tok_ok");

    assertThat(ended).isLessThan(held.size() - SimulatorDatabase.CONNECTIONS);
    for (var thread : held) {
      thread.join();
    }
  }

  @Test
  void flakyFailsTwiceAndThenChargesOnce() {
    var reference = reference();
    var body = charge(reference, "tok_flaky");
    for (var attempt = 1; attempt <= 2; attempt++) {
      server
          .post(CHARGES, "key-" + reference, body)
          .expectStatus()
          .isEqualTo(500)
          .expectHeader()
          .contentType(MediaType.APPLICATION_PROBLEM_JSON);
      assertThat(server.find(reference)).isEmpty();
    }
    var first = json(server.post(CHARGES, "key-" + reference, body).expectStatus().isCreated());
    var again = json(server.post(CHARGES, "key-" + reference, body).expectStatus().isCreated());

    assertThat(again).isEqualTo(first);
    assertThat(server.find(reference)).hasSize(1);
  }

  @Test
  void anUnknownTokenIsRefusedWithTheListOfTokens() {
    var problem =
        json(
            server
                .post(CHARGES, null, charge(reference(), "4242424242424242"))
                .expectStatus()
                .isEqualTo(422));

    assertThat(problem.path("type").asString()).isEqualTo("/problems/unknown-token");
    assertThat(problem.path("tokens")).hasSize(TestToken.values().length);
    assertThat(problem.toString()).contains("tok_ok", "tok_webhook_twice").doesNotContain("4242");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "amount=-1",
        "amount=0",
        "amount=19.99",
        "amount=\"1999\"",
        "amount=1000000000000",
        "amount=99999999999999999999",
        "amount=null",
        "currency=\"eur\"",
        "currency=978",
        "reference=\"\"",
        "reference=null",
        "token=7",
        "capture=\"yes\""
      })
  void aFieldThatDoesNotDoIsNamed(String assignment) {
    var field = assignment.substring(0, assignment.indexOf('='));
    var value = assignment.substring(assignment.indexOf('=') + 1);
    var fields = new HashMap<String, String>();
    fields.put("reference", "\"" + reference() + "\"");
    fields.put("amount", "1999");
    fields.put("currency", "\"EUR\"");
    fields.put("token", "\"tok_ok\"");
    fields.put(field, value);
    var body = new StringBuilder();
    fields.forEach(
        (name, text) ->
            body.append(body.isEmpty() ? "{" : ",")
                .append('"')
                .append(name)
                .append("\":")
                .append(text));
    var problem =
        json(server.post(CHARGES, null, body.append('}').toString()).expectStatus().isEqualTo(422));

    assertThat(problem.path("violations")).hasSize(1);
    assertThat(problem.path("violations").get(0).path("field").asString()).isEqualTo(field);
  }

  @ParameterizedTest
  @ValueSource(strings = {"{", "[]", "7", "null", "nonsense"})
  void aBodyThatIsNoObjectIsMalformed(String body) {
    var problem = json(server.post(CHARGES, null, body).expectStatus().isBadRequest());

    assertThat(problem.path("type").asString()).isEqualTo("/problems/malformed-json");
    assertThat(problem.path("instance").asString()).isEqualTo(CHARGES);
  }

  @Test
  void aListNeedsItsReferenceAndAnUnknownOneIsEmpty() {
    server.get(CHARGES).expectStatus().isEqualTo(422);

    assertThat(server.find(reference())).isEmpty();
  }

  @Test
  void aBodyOfMoreThanOneMebibyteIsTooLong() {
    var problem =
        json(server.post(CHARGES, null, "x".repeat(1024 * 1024 + 1)).expectStatus().isEqualTo(413));

    assertThat(problem.path("type").asString()).isEqualTo("/problems/payload-too-large");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/simulator",
        "/simulator/v1/charges/",
        "/simulator/v1/charges/ch_none/capture",
        "/simulator/v1/charges/ch_none/capture/again",
        "/simulator/v2/charges"
      })
  void whatIsNoCallIsLeftToTheOthers(String path) {
    server.get(path).expectStatus().isNotFound().expectHeader().doesNotExist("Retry-After");
  }

  @Test
  void aChargeIsFoundUnderItsNameInOtherCharacters() {
    var charge = server.open(reference(), "tok_ok");
    var encoded = charge.path("chargeId").asString().replace("_", "%5F");

    server
        .client(Duration.ofSeconds(10))
        .get()
        .uri(URI.create("http://127.0.0.1:" + server.port() + CHARGES + "/" + encoded))
        .exchange()
        .expectStatus()
        .isOk();
  }
}
