package dev.lastunit.process.payment.web;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lastunit.payment.api.PaymentCommand.RequestPayment;
import dev.lastunit.payment.api.PaymentEvent.PaymentRefunded;
import dev.lastunit.payment.api.PaymentStatus;
import dev.lastunit.process.engine.CommandSender;
import dev.lastunit.process.payment.SimulatorWebhookTranslator;
import dev.lastunit.process.testing.ModelShop;
import dev.lastunit.process.testing.ModelShop.Fault;
import dev.lastunit.process.testing.TestDatabase;
import dev.lastunit.shared.api.CustomerId;
import dev.lastunit.shared.api.ErrorCode;
import dev.lastunit.shared.api.Money;
import dev.lastunit.shared.api.OrderId;
import dev.lastunit.shared.api.PaymentId;
import dev.lastunit.shared.api.Problem;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.http.HttpStatus;
import org.springframework.mock.http.server.reactive.MockServerHttpRequest;
import reactor.core.publisher.Mono;

class WebhookControllerTest {

  private static final String SECRET = "whsec_c2VjcmV0IG9mIHRoZSB0ZXN0cyE=";
  private static final OrderId ORDER = new OrderId("ord-1");
  private static final PaymentId PAYMENT = PaymentId.of(ORDER);

  private static TestDatabase database;

  private ModelShop shop;
  private WebhookController controller;

  @BeforeAll
  static void openDatabase() {
    database = new TestDatabase();
  }

  @AfterAll
  static void closeDatabase() {
    database.close();
  }

  @BeforeEach
  void start() {
    database.clear();
    shop = new ModelShop();
    Clock clock = Clock.systemUTC();
    controller =
        new WebhookController(
            Map.of(
                "simulatorWebhooks",
                new WebhookSource(
                    "simulator",
                    new WebhookSignatures(() -> List.of(SECRET), clock),
                    new SimulatorWebhookTranslator())),
            new WebhookInbox(database.jdbc()),
            new CommandSender(shop),
            clock,
            new SimpleMeterRegistry());
  }

  @AfterEach
  void stop() {
    shop.close();
  }

  private void request() {
    shop.send(
            new RequestPayment(
                PAYMENT,
                ORDER,
                new CustomerId("buyer"),
                new Money(500, "EUR"),
                "card",
                "tok_async",
                "simulator"))
        .join();
  }

  private static String charge(String status, String reference) {
    return charge(status, reference, 0);
  }

  private static String charge(String status, String reference, long refunded) {
    return """
    {"type": "charge.%s", "timestamp": "2026-11-23T19:00:00Z", "data": {"chargeId": "ch_1",
     "reference": "%s", "status": "%s", "amount": 500, "amountCaptured": %d,
     "amountRefunded": %d, "currency": "EUR"}}
    """
        .formatted(
            status,
            reference,
            status,
            status.equals("captured") || status.equals("refunded") ? 500 : 0,
            refunded);
  }

  private HttpStatus send(String provider, String id, String body, String secret) {
    long now = Instant.now().getEpochSecond();
    byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
    MockServerHttpRequest request =
        MockServerHttpRequest.post("/v1/payments/webhooks/" + provider)
            .header("webhook-id", id)
            .header("webhook-timestamp", Long.toString(now))
            .header("webhook-signature", WebhookSignaturesTest.sign(secret, id, now, bytes))
            .body(body);
    return controller
        .receive(provider, request)
        .map(answer -> HttpStatus.valueOf(answer.getStatusCode().value()))
        .onErrorResume(
            Problem.class, problem -> Mono.just(HttpStatus.valueOf(problem.code().status())))
        .block(java.time.Duration.ofSeconds(10));
  }

  private HttpStatus send(String id, String body) {
    return send("simulator", id, body, SECRET);
  }

  private String outcome(String id) {
    return database
        .jdbc()
        .queryForObject(
            "select outcome from process.webhook_inbox where webhook_id = ?", String.class, id);
  }

  @Test
  void appliesAReportBeforeItAnswers() {
    request();

    assertThat(send("msg_1", charge("authorised", "ord-1"))).isEqualTo(HttpStatus.OK);

    assertThat(shop.status(PAYMENT)).isEqualTo(PaymentStatus.AUTHORISED);
    assertThat(outcome("msg_1")).isEqualTo("applied");
  }

  @Test
  void takesARepeatWithoutEffect() {
    request();
    send("msg_1", charge("authorised", "ord-1"));
    int commands = shop.received().size();

    assertThat(send("msg_1", charge("authorised", "ord-1"))).isEqualTo(HttpStatus.OK);

    assertThat(shop.received()).hasSize(commands);
  }

  @Test
  void toleratesReportsOutOfOrder() {
    request();

    assertThat(send("msg_2", charge("captured", "ord-1"))).isEqualTo(HttpStatus.OK);
    assertThat(send("msg_1", charge("authorised", "ord-1"))).isEqualTo(HttpStatus.OK);

    assertThat(shop.status(PAYMENT)).isEqualTo(PaymentStatus.CAPTURED);
  }

  @Test
  void takesRefundsOfPartsOutOfOrderOnce() {
    request();
    send("msg_1", charge("captured", "ord-1"));

    send("msg_3", charge("captured", "ord-1", 300));
    send("msg_2", charge("captured", "ord-1", 200));
    assertThat(shop.events(PaymentRefunded.class))
        .extracting(event -> event.amount().amount())
        .containsExactly(300L);

    send("msg_4", charge("refunded", "ord-1", 500));
    assertThat(shop.events(PaymentRefunded.class))
        .extracting(event -> event.amount().amount())
        .containsExactly(300L, 200L);
    assertThat(shop.status(PAYMENT)).isEqualTo(PaymentStatus.REFUNDED);
  }

  @Test
  void keepsAReportOfAnUnknownPayment() {
    assertThat(send("msg_1", charge("authorised", "ord-unknown"))).isEqualTo(HttpStatus.ACCEPTED);

    assertThat(outcome("msg_1")).isEqualTo("unmatched");
    assertThat(
            database
                .jdbc()
                .queryForObject("select payload from process.webhook_inbox", String.class))
        .contains("ord-unknown");
  }

  @Test
  void keepsWhatItCannotReadWithoutEffect() {
    assertThat(send("msg_1", "no JSON")).isEqualTo(HttpStatus.OK);

    assertThat(outcome("msg_1")).isEqualTo("ignored");
    assertThat(shop.received()).isEmpty();
  }

  @Test
  void isSentAgainWhenItsEffectFailed() {
    request();
    shop.faults(command -> Fault.BEFORE);

    assertThat(controllerFails(() -> send("msg_1", charge("authorised", "ord-1")))).isTrue();
    assertThat(outcome("msg_1")).isNull();

    shop.faults(command -> Fault.NONE);
    assertThat(send("msg_1", charge("authorised", "ord-1"))).isEqualTo(HttpStatus.OK);
    assertThat(shop.status(PAYMENT)).isEqualTo(PaymentStatus.AUTHORISED);
  }

  private static boolean controllerFails(Runnable call) {
    try {
      call.run();
      return false;
    } catch (RuntimeException e) {
      return true;
    }
  }

  @Test
  void refusesABadSignatureAndKeepsNothing() {
    request();

    assertThat(
            send("simulator", "msg_1", charge("authorised", "ord-1"), "whsec_YW5vdGhlciBzZWNyZXQ="))
        .isEqualTo(HttpStatus.UNAUTHORIZED);

    assertThat(shop.status(PAYMENT)).isEqualTo(PaymentStatus.REQUESTED);
    assertThat(
            database
                .jdbc()
                .queryForObject("select count(*) from process.webhook_inbox", Integer.class))
        .isZero();
  }

  @Test
  void knowsItsProvidersOnly() {
    assertThat(send("somebody", "msg_1", charge("authorised", "ord-1"), SECRET))
        .isEqualTo(HttpStatus.NOT_FOUND);
  }

  @Test
  void refusesABodyOfMoreThanAMebibyte() {
    assertThat(send("msg_1", "x".repeat((1 << 20) + 1)).value())
        .isEqualTo(ErrorCode.PAYLOAD_TOO_LARGE.status());
  }
}
