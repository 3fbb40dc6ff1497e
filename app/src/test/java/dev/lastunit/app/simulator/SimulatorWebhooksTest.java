package dev.lastunit.app.simulator;

import static dev.lastunit.app.simulator.SimulatorServer.CHARGES;
import static dev.lastunit.app.simulator.SimulatorServer.charge;
import static dev.lastunit.app.simulator.SimulatorServer.reference;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Signed, tried until received, given up at a limit, twice and out of order, over restarts. */
class SimulatorWebhooksTest {

  private WebhookReceiver receiver;
  private SimulatorServer server;

  @BeforeEach
  void start() {
    receiver = new WebhookReceiver();
    server = server();
  }

  private SimulatorServer server(String... more) {
    var settings = new ArrayList<String>();
    settings.add("lastunit.simulator.webhook-url=" + receiver.url());
    settings.addAll(List.of(more));
    return new SimulatorServer(settings.toArray(String[]::new));
  }

  @AfterEach
  void stop() {
    server.close();
    receiver.close();
  }

  private static List<String> types(List<WebhookReceiver.Received> hooks) {
    return hooks.stream().map(WebhookReceiver.Received::type).toList();
  }

  private static long states(String reference, String state) {
    return SimulatorDatabase.count(
        "select count(*) from simulator.delivery join simulator.entry using (entry_no)"
            + " join simulator.charge using (charge_id) where reference = '"
            + reference
            + "' and state = '"
            + state
            + "'");
  }

  @Test
  void isSignedSoThatOnlyTheExactBytesWithTheSecretPass() {
    var reference = reference();
    server.open(reference, "tok_async");
    Await.until("the webhook", () -> !receiver.about(reference).isEmpty());
    var hook = receiver.about(reference).getFirst();
    var secret = server.secret().get();

    assertThat(secret).matches("whsec_[A-Za-z0-9+/]{43}=");
    assertThat(hook.isSignedWith(secret)).isTrue();
    assertThat(hook.isFresh()).isTrue();
    assertThat(hook.id()).matches("msg_[0-9a-f]{32}");
    assertThat(hook.contentType()).isEqualTo("application/json");
    assertThat(hook.json().path("timestamp").asString()).endsWith("Z");
    var other = "whsec_" + Base64.getEncoder().encodeToString(new byte[32]);
    assertThat(hook.isSignedWith(other)).isFalse();
    var tampered =
        new WebhookReceiver.Received(
            hook.id(),
            hook.timestamp(),
            hook.signature(),
            hook.contentType(),
            new String(hook.body(), StandardCharsets.UTF_8)
                .replace("1999", "9999")
                .getBytes(StandardCharsets.UTF_8),
            hook.json());
    assertThat(tampered.isSignedWith(secret)).isFalse();
  }

  /** The scheme's own worked example, so that the test does not only agree with itself. */
  @Test
  void signsThePublishedExampleAsPublished() {
    assertThat(
            WebhookSignature.sign(
                "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
                "msg_p5jXN8AQM9LWM0D4loKWxJek",
                1_614_265_330L,
                "{\"test\": 2432232314}".getBytes(StandardCharsets.UTF_8)))
        .isEqualTo("v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
  }

  @Test
  void everyStepOfAWebhookTokenIsReportedAndOrdinaryTrafficIsQuiet() throws Exception {
    var loud = reference();
    var charge = server.open(loud, "tok_async");
    Await.until("the decision", () -> receiver.about(loud).size() == 1);
    server.move(charge, "capture", Map.of("amount", 1000));
    server.move(charge, "refunds", Map.of("amount", 400));
    server.move(charge, "refunds", Map.of("amount", 600));
    var quiet = reference();
    var silent = server.open(quiet, "tok_ok");
    server.move(silent, "capture", Map.of());
    Await.until("all steps", () -> receiver.about(loud).size() == 4);
    Thread.sleep(300);

    assertThat(types(receiver.about(loud)))
        .containsExactlyInAnyOrder(
            "charge.authorised", "charge.captured", "charge.refunded", "charge.refunded");
    var refunded =
        receiver.about(loud).stream()
            .filter(hook -> hook.type().equals("charge.refunded"))
            .map(hook -> hook.charge().path("status").asString())
            .collect(Collectors.toSet());
    assertThat(refunded).containsExactlyInAnyOrder("captured", "refunded");
    assertThat(receiver.about(quiet)).isEmpty();
  }

  @Test
  void twiceAndOutOfOrderWithOneIdForEachPair() {
    var reference = reference();
    var charge = server.open(reference, "tok_webhook_twice");
    server.move(charge, "capture", Map.of());
    Await.until("four webhooks", () -> receiver.about(reference).size() == 4);
    var hooks = receiver.about(reference);

    assertThat(types(hooks))
        .containsExactly(
            "charge.captured", "charge.captured", "charge.authorised", "charge.authorised");
    assertThat(hooks.get(0).id()).isEqualTo(hooks.get(1).id());
    assertThat(hooks.get(2).id()).isEqualTo(hooks.get(3).id()).isNotEqualTo(hooks.get(0).id());
    assertThat(hooks.get(2).charge().path("amountCaptured").longValue()).isZero();
    assertThat(hooks).allMatch(hook -> hook.isSignedWith(server.secret().get()));
  }

  @Test
  void twiceWithCaptureAtOnceIsOutOfOrderToo() {
    var reference = reference();
    var body = new HashMap<>(charge(reference, "tok_webhook_twice"));
    body.put("capture", true);
    server.post(CHARGES, null, body).expectStatus().isCreated();
    Await.until("four webhooks", () -> receiver.about(reference).size() == 4);

    assertThat(types(receiver.about(reference)))
        .containsExactly(
            "charge.captured", "charge.captured", "charge.authorised", "charge.authorised");
  }

  @Test
  void isTriedAgainWithTheSameIdUntilReceived() {
    var reference = reference();
    receiver.refuse(reference, 3);
    server.open(reference, "tok_async");
    Await.until("the fourth try", () -> states(reference, "delivered") == 1);
    var hooks = receiver.about(reference);

    assertThat(hooks).hasSize(4);
    assertThat(hooks).extracting(WebhookReceiver.Received::id).containsOnly(hooks.get(0).id());
    assertThat(hooks).allMatch(hook -> hook.isSignedWith(server.secret().get()));
  }

  @Test
  void isGivenUpAtTheLimitAndKeptMarked() throws Exception {
    server.close();
    server = server("lastunit.simulator.webhook-attempts=3");
    var reference = reference();
    receiver.refuse(reference, 1_000);
    server.open(reference, "tok_async");
    Await.until("the end", () -> states(reference, "abandoned") == 1);
    Thread.sleep(1_200);

    assertThat(receiver.about(reference)).hasSize(3);
  }

  @Test
  void movesOfWebhookTokensCanBeKeptQuiet() {
    server.close();
    server = server("lastunit.simulator.webhooks-for-moves=false");
    var reference = reference();
    var charge = server.open(reference, "tok_async");
    Await.until("the decision", () -> receiver.about(reference).size() == 1);
    server.move(charge, "capture", Map.of());

    assertThat(
            SimulatorDatabase.count(
                "select count(*) from simulator.delivery join simulator.entry using (entry_no)"
                    + " where charge_id = '"
                    + charge.path("chargeId").asString()
                    + "'"))
        .isEqualTo(1);
  }

  /** Stopped with a decision and a webhook outstanding; the next process brings both to an end. */
  @Test
  void aRestartKeepsChargesKeysSecretDecisionsAndWebhooks() {
    var undecided = reference();
    var undelivered = reference();
    receiver.refuse(undelivered, 1);
    server.close();
    server =
        server(
            "lastunit.simulator.decision-delay=4s",
            "lastunit.simulator.late-webhook-delay=0s",
            "lastunit.simulator.webhook-first-retry=2s");
    var secret = server.secret().get();
    var first =
        SimulatorServer.json(
            server
                .post(CHARGES, "key-" + undecided, charge(undecided, "tok_async"))
                .expectStatus()
                .isCreated());
    server.open(undelivered, "tok_webhook_twice");
    Await.until("a refused try", () -> !receiver.about(undelivered).isEmpty());
    server.close();
    assertThat(
            SimulatorDatabase.count(
                "select count(*) from simulator.charge where status = 'pending' and reference = '"
                    + undecided
                    + "'"))
        .isEqualTo(1);
    server = server();

    assertThat(server.secret().get()).isEqualTo(secret);
    Await.until(
        "the decision", () -> types(receiver.about(undecided)).contains("charge.authorised"));
    Await.until("both deliveries", () -> states(undelivered, "delivered") == 2);
    var again =
        SimulatorServer.json(
            server
                .post(CHARGES, "key-" + undecided, charge(undecided, "tok_async"))
                .expectStatus()
                .isCreated()
                .expectHeader()
                .valueEquals("Idempotency-Replayed", "true"));
    assertThat(again).isEqualTo(first);
    assertThat(server.find(undecided)).hasSize(1);
    assertThat(server.find(undecided).get(0).path("status").asString()).isEqualTo("authorised");
  }

  /** A graceful stop must not wait for a request that is held for a minute. */
  @Test
  void aHeldRequestDoesNotHoldUpAStop() throws Exception {
    server.close();
    server = server("lastunit.simulator.hold=1m", "server.shutdown=graceful");
    var reference = reference();
    var held = server;
    var request =
        Thread.startVirtualThread(
            () -> held.post(CHARGES, null, charge(reference, "tok_timeout_charged")));
    Await.until("the charge", () -> server.find(reference).size() == 1);
    var begin = System.nanoTime();
    server.close();

    assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofSeconds(4));
    request.join();
  }
}
