package dev.lastunit.process.payment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lastunit.process.payment.PaymentProvider.Answer;
import dev.lastunit.process.payment.PaymentProvider.Charge;
import dev.lastunit.process.payment.PaymentProvider.ChargePage;
import dev.lastunit.process.payment.PaymentProvider.ChargeStatus;
import dev.lastunit.process.payment.PaymentProvider.ListedCharge;
import dev.lastunit.process.payment.PaymentProvider.Refund;
import dev.lastunit.shared.api.Money;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.netty.handler.codec.http.HttpHeaders;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Mono;
import reactor.netty.DisposableServer;
import reactor.netty.http.server.HttpServer;
import reactor.netty.http.server.HttpServerRequest;
import reactor.netty.http.server.HttpServerResponse;

/** The adapter against a real HTTP server on this machine, which answers as it is told. */
class SimulatorPaymentProviderTest {

  private static final Money AMOUNT = new Money(1999, "EUR");

  private record Received(String method, String uri, String key, String body) {}

  private final AtomicReference<Received> received = new AtomicReference<>();
  private final AtomicReference<HttpHeaders> headers = new AtomicReference<>();
  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private int status = 201;
  private String body = charge("authorised", 0, 0);
  private boolean silent;
  private boolean cut;
  private DisposableServer server;
  private SimulatorPaymentProvider provider;

  private static String charge(String status, long captured, long refunded) {
    return """
    {"chargeId": "ch_1", "reference": "ord-1", "status": "%s", "amount": 1999,
     "amountCaptured": %d, "amountRefunded": %d, "currency": "EUR"}
    """
        .formatted(status, captured, refunded);
  }

  @BeforeEach
  void start() {
    server = HttpServer.create().port(0).handle(this::handle).bindNow();
    provider = provider(Duration.ofSeconds(10));
  }

  private SimulatorPaymentProvider provider(Duration timeout) {
    return new SimulatorPaymentProvider(
        () -> URI.create("http://127.0.0.1:" + server.port()), timeout, meters);
  }

  private void becomeImpatient() {
    provider.close();
    provider = provider(Duration.ofMillis(300));
  }

  private Publisher<Void> handle(HttpServerRequest request, HttpServerResponse response) {
    return request
        .receive()
        .aggregate()
        .asString()
        .defaultIfEmpty("")
        .flatMap(
            text -> {
              headers.set(request.requestHeaders().copy());
              received.set(
                  new Received(
                      request.method().name(),
                      request.uri(),
                      request.requestHeaders().get("Idempotency-Key"),
                      text));
              if (silent) {
                return Mono.<Void>never();
              }
              if (cut) {
                response.withConnection(connection -> connection.channel().close());
                return Mono.<Void>never();
              }
              return response
                  .status(status)
                  .header("Content-Type", "application/json")
                  .sendString(Mono.just(body))
                  .then();
            });
  }

  @AfterEach
  void stop() {
    provider.close();
    server.disposeNow();
  }

  private static <T> T get(CompletableFuture<T> future) {
    return future.orTimeout(20, TimeUnit.SECONDS).join();
  }

  private Answer authorise() {
    return get(provider.authorise("pay-1", "ord-1", AMOUNT, "tok_ok"));
  }

  @Test
  void asksForAChargeUnderTheKey() {
    assertThat(authorise())
        .isEqualTo(
            new Answer.Known(
                new Charge(
                    "ch_1",
                    ChargeStatus.AUTHORISED,
                    AMOUNT,
                    Money.zero("EUR"),
                    Money.zero("EUR"),
                    null)));

    assertThat(received.get().method()).isEqualTo("POST");
    assertThat(received.get().uri()).isEqualTo("/simulator/v1/charges");
    assertThat(received.get().key()).isEqualTo("pay-1");
    assertThat(received.get().body())
        .isEqualTo(
            "{\"reference\":\"ord-1\",\"amount\":1999,\"currency\":\"EUR\",\"token\":\"tok_ok\","
                + "\"capture\":false}");
  }

  @Test
  void sendsAWholeBodyOfJsonAndUnderstandsProblems() {
    authorise();

    assertThat(headers.get().get("Content-Type")).isEqualTo("application/json");
    assertThat(headers.get().get("Content-Length"))
        .isEqualTo(Integer.toString(received.get().body().length()));
    assertThat(headers.get().get("Accept")).isEqualTo("application/json, application/problem+json");
  }

  @Test
  void goesWhereTheAddressLeadsAlsoWhenItChanges() {
    var base = new AtomicReference<>(URI.create("http://127.0.0.1:" + server.port() + "/one/"));
    try (var moving = new SimulatorPaymentProvider(base::get, Duration.ofSeconds(10), meters)) {
      get(moving.authorise("pay-1", "ord-1", AMOUNT, "tok_ok"));
      assertThat(received.get().uri()).isEqualTo("/one/simulator/v1/charges");

      base.set(URI.create("http://127.0.0.1:" + server.port()));
      get(moving.voidCharge("pay-1", "ch_1"));
      assertThat(received.get().uri()).isEqualTo("/simulator/v1/charges/ch_1/void");
    }
  }

  @Test
  void doesNotReadAnAnswerThatIsFarTooLong() {
    body = " ".repeat(300 * 1024) + body;

    assertThat(authorise()).isEqualTo(new Answer.Unknown(true, "broken"));
    body = charge("authorised", 0, 0);
    assertThat(authorise()).isInstanceOf(Answer.Known.class);
  }

  @Test
  void knowsADeclineInEitherForm() {
    body = charge("declined", 0, 0).replace("}", ", \"declineCode\": \"insufficient_funds\"}");
    assertThat(((Answer.Known) authorise()).charge().status()).isEqualTo(ChargeStatus.DECLINED);
    assertThat(((Answer.Known) authorise()).charge().declineCode()).isEqualTo("insufficient_funds");

    status = 402;
    assertThat(((Answer.Known) authorise()).charge().status()).isEqualTo(ChargeStatus.DECLINED);

    body = "{\"declineCode\": \"stolen_card\"}";
    assertThat(authorise()).isEqualTo(new Answer.Refused("stolen_card"));
  }

  @ParameterizedTest
  @ValueSource(ints = {400, 404, 409, 422})
  void knowsThatNothingWasDone(int code) {
    status = code;
    body = "{\"type\": \"/problems/invalid-charge\", \"title\": \"No\"}";

    assertThat(authorise()).isEqualTo(new Answer.Refused("invalid-charge"));
  }

  @ParameterizedTest
  @ValueSource(ints = {425, 429, 500, 502, 503})
  void maySendAgainAfterAFault(int code) {
    status = code;

    assertThat(authorise()).isEqualTo(new Answer.Unknown(false, "http-" + code));
  }

  @Test
  void doesNotKnowAfterSilence() {
    silent = true;
    becomeImpatient();

    assertThat(authorise()).isEqualTo(new Answer.Unknown(true, "timeout"));
    assertThat(
            meters
                .get("lastunit.payment.provider.calls")
                .tag("operation", "authorise")
                .tag("outcome", "timeout")
                .timer()
                .count())
        .isEqualTo(1);
  }

  @Test
  void doesNotKnowWhenTheConnectionBreaks() {
    cut = true;

    assertThat(authorise()).isEqualTo(new Answer.Unknown(true, "broken"));
  }

  @Test
  void doesNotKnowWhenSomebodyOnTheWayGaveUp() {
    status = 504;

    assertThat(authorise()).isEqualTo(new Answer.Unknown(true, "http-504"));
  }

  @Test
  void doesNotKnowWhenTheAnswerMakesNoSense() {
    body = "<html>";
    assertThat(authorise()).isEqualTo(new Answer.Unknown(true, "unreadable"));

    body = "{\"status\": \"perhaps\"}";
    assertThat(((Answer.Unknown) authorise()).silent()).isTrue();
  }

  @Test
  void maySendAgainWhenNobodyListens() {
    server.disposeNow();

    assertThat(authorise()).isEqualTo(new Answer.Unknown(false, "not-reached"));
  }

  @Test
  void maySendAgainWhenTheAddressIsNotKnown() {
    try (var early =
        new SimulatorPaymentProvider(
            () -> {
              throw new SimulatorPaymentProvider.AddressUnknownException("Not yet");
            },
            Duration.ofSeconds(1),
            meters)) {
      assertThat(get(early.authorise("pay-1", "ord-1", AMOUNT, "tok_ok")))
          .isEqualTo(new Answer.Unknown(false, "not-reached"));
    }
  }

  @Test
  void findsChargesByReference() {
    status = 200;
    body = "{\"items\": [" + charge("captured", 1999, 500) + "]}";

    assertThat(get(provider.find("ord-1 &x")))
        .containsExactly(
            new Charge("ch_1", ChargeStatus.CAPTURED, AMOUNT, AMOUNT, new Money(500, "EUR"), null));
    assertThat(received.get().uri()).isEqualTo("/simulator/v1/charges?reference=ord-1%20%26x");

    body = "{\"items\": []}";
    assertThat(get(provider.find("ord-1"))).isEmpty();
  }

  @Test
  void listsChargesByTimePartByPart() {
    Instant from = Instant.parse("2026-11-23T19:00:00Z");
    status = 200;
    body =
        "{\"items\": ["
            + charge("captured", 1999, 0)
                .replaceFirst("}", ", \"createdAt\": \"2026-11-23T19:00:01.5Z\"}")
            + "], \"next\": \"a b\"}";

    assertThat(get(provider.list(from, from.plusSeconds(60), null)))
        .isEqualTo(
            new ChargePage(
                List.of(
                    new ListedCharge(
                        "ord-1",
                        Instant.parse("2026-11-23T19:00:01.5Z"),
                        new Charge(
                            "ch_1",
                            ChargeStatus.CAPTURED,
                            AMOUNT,
                            AMOUNT,
                            Money.zero("EUR"),
                            null))),
                "a b"));
    assertThat(received.get().uri())
        .isEqualTo(
            "/simulator/v1/charges?from=2026-11-23T19%3A00%3A00Z&to=2026-11-23T19%3A01%3A00Z");

    body = "{\"items\": [], \"next\": null}";
    assertThat(get(provider.list(from, from.plusSeconds(60), "a b")))
        .isEqualTo(new ChargePage(List.of(), null));
    assertThat(received.get().uri()).endsWith("&cursor=a%20b");
  }

  @Test
  void failsToListWhenTheProviderIsDownOrMakesNoSense() {
    Instant from = Instant.parse("2026-11-23T19:00:00Z");
    status = 503;
    assertThatThrownBy(() -> get(provider.list(from, from, null))).hasMessageContaining("503");

    status = 200;
    body = "{\"items\": [{\"status\": \"perhaps\"}]}";
    assertThatThrownBy(() -> get(provider.list(from, from, null))).isNotNull();
  }

  @Test
  void findsWhatWasGivenBackOfACharge() {
    status = 200;
    body =
        """
        {"items": [
          {"amount": 500, "currency": "EUR", "at": "2026-11-24T10:00:00Z", "idempotencyKey": "k"},
          {"amount": 1, "currency": "EUR", "at": "2026-11-24T10:00:01Z"}]}
        """;

    assertThat(get(provider.refunds("ch_1")))
        .containsExactly(
            new Refund("k", new Money(500, "EUR")), new Refund(null, new Money(1, "EUR")));
    assertThat(received.get().method()).isEqualTo("GET");
    assertThat(received.get().uri()).isEqualTo("/simulator/v1/charges/ch_1/refunds");

    status = 503;
    assertThatThrownBy(() -> get(provider.refunds("ch_1"))).hasMessageContaining("503");
  }

  @Test
  void failsToFindWhenTheProviderIsDown() {
    status = 503;
    assertThatThrownBy(() -> get(provider.find("ord-1"))).hasMessageContaining("503");

    silent = true;
    becomeImpatient();
    assertThatThrownBy(() -> get(provider.find("ord-1")))
        .hasCauseInstanceOf(TimeoutException.class);
  }

  @Test
  void capturesVoidsAndRefundsByCharge() {
    status = 200;
    body = charge("captured", 1999, 0);
    assertThat(get(provider.capture("k1", "ch_1", AMOUNT))).isInstanceOf(Answer.Known.class);
    assertThat(received.get())
        .isEqualTo(
            new Received("POST", "/simulator/v1/charges/ch_1/capture", "k1", "{\"amount\":1999}"));

    body = charge("voided", 0, 0);
    get(provider.voidCharge("k2", "ch_1"));
    assertThat(received.get())
        .isEqualTo(new Received("POST", "/simulator/v1/charges/ch_1/void", "k2", "{}"));

    body = charge("refunded", 1999, 1999);
    get(provider.refund("k3", "ch_1", AMOUNT));
    assertThat(received.get())
        .isEqualTo(
            new Received("POST", "/simulator/v1/charges/ch_1/refunds", "k3", "{\"amount\":1999}"));
  }
}
