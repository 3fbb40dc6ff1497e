package dev.lastunit.app.simulator;

import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.web.reactive.function.client.WebClient;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import tools.jackson.databind.json.JsonMapper;

/**
 * Decides pending charges when their time has come and delivers webhooks until the receiver says
 * 2xx, or the tries are used up. Both are written down before they are done, so a restart goes on
 * where it was; a webhook that was being sent when the process died is sent again when its lease is
 * over. Any other answer than 2xx, redirects included, is a failure.
 *
 * <p>Safe for any thread; never blocks.
 */
final class WebhookCourier {

  private static final Logger LOG = LoggerFactory.getLogger(WebhookCourier.class);

  private static final int CLAIMED_AT_ONCE = 64;
  private static final int SENT_AT_ONCE = 16;

  /** Beyond the time-outs of all that one claim sends, so that no try overlaps the next. */
  private static final Duration LEASE_MARGIN = Duration.ofSeconds(5);

  private final Ledger ledger;
  private final SimulatorWebhookSecret secret;
  private final SimulatorSettings settings;
  private final Clock clock;
  private final JsonMapper json;
  private final WebClient client = WebClient.create();
  private final Pump decisions = new Pump("Decisions of pending charges", this::decideAllDue);
  private final Pump deliveries = new Pump("Delivery of webhooks", this::deliverAllDue);
  private volatile @Nullable URI target;

  WebhookCourier(
      Ledger ledger,
      SimulatorWebhookSecret secret,
      SimulatorSettings settings,
      Clock clock,
      JsonMapper json) {
    this.ledger = ledger;
    this.secret = secret;
    this.settings = settings;
    this.clock = clock;
    this.json = json;
  }

  /**
   * What a webhook says.
   *
   * @param type {@code charge.} and the step
   * @param timestamp of the step, ISO 8601 in UTC
   * @param data the charge right after the step
   */
  record Event(String type, String timestamp, Charge data) {}

  /** Starts sending to the address. Until then everything waits in the books. To be called once. */
  void start(URI address) {
    target = address;
    decisions.start();
    deliveries.start();
  }

  /** Says that a pending charge was opened, which is due after the decision delay. */
  void decisionExpected() {
    decisions.wakeAfter(settings.decisionDelay());
  }

  /** Says that webhooks were written: now, their duplicates, or the late ones of a new charge. */
  void webhooksExpected() {
    deliveries.wakeAfter(Duration.ZERO);
    deliveries.wakeAfter(settings.duplicateDelay());
  }

  private Mono<Void> decideAllDue() {
    return ledger
        .decide()
        .doOnNext(
            decided -> {
              if (decided > 0) {
                deliveries.wakeAfter(Duration.ZERO);
              }
            })
        .repeat(decisions::isRunning)
        .takeUntil(decided -> decided == 0)
        .then();
  }

  private Mono<Void> deliverAllDue() {
    var wholeBatch = settings.webhookTimeout().multipliedBy(CLAIMED_AT_ONCE / SENT_AT_ONCE);
    return ledger
        .claim(CLAIMED_AT_ONCE, wholeBatch.plus(LEASE_MARGIN))
        .collectList()
        .flatMap(
            claimed ->
                Flux.fromIterable(claimed)
                    .flatMap(this::deliver, SENT_AT_ONCE)
                    .then(Mono.just(claimed.size())))
        .repeat(deliveries::isRunning)
        .takeUntil(claimed -> claimed == 0)
        .then();
  }

  private Mono<Void> deliver(Ledger.Delivery delivery) {
    return send(delivery)
        .timeout(settings.webhookTimeout())
        .onErrorResume(failure -> Mono.just(new Result(false, failure.getClass().getSimpleName())))
        .flatMap(result -> settle(delivery, result));
  }

  private record Result(boolean received, String text) {}

  private Mono<Result> send(Ledger.Delivery delivery) {
    return Mono.defer(
        () -> {
          var event =
              new Event("charge." + delivery.kind(), delivery.at().toString(), delivery.charge());
          var body = json.writeValueAsBytes(event);
          var timestampSeconds = clock.instant().getEpochSecond();
          var signature =
              WebhookSignature.sign(secret.get(), delivery.webhookId(), timestampSeconds, body);
          return client
              .post()
              .uri(Objects.requireNonNull(target))
              .contentType(MediaType.APPLICATION_JSON)
              .header(HttpHeaders.USER_AGENT, "Lastunit-Simulator")
              .header("webhook-id", delivery.webhookId())
              .header("webhook-timestamp", Long.toString(timestampSeconds))
              .header("webhook-signature", signature)
              .bodyValue(body)
              .exchangeToMono(
                  response ->
                      response
                          .releaseBody()
                          .thenReturn(
                              new Result(
                                  response.statusCode().is2xxSuccessful(),
                                  response.statusCode().toString())));
        });
  }

  private Mono<Void> settle(Ledger.Delivery delivery, Result result) {
    if (result.received()) {
      return ledger.delivered(delivery, result.text());
    }
    if (delivery.attempt() >= settings.webhookAttempts()) {
      LOG.warn(
          "Webhook {} is abandoned after {} tries, the last met {}",
          delivery.webhookId(),
          delivery.attempt(),
          result.text());
      return ledger.abandoned(delivery, result.text());
    }
    var wait = waitAfter(delivery.attempt());
    return ledger
        .retry(delivery, wait, result.text())
        .doOnSuccess(done -> deliveries.wakeAfter(wait));
  }

  /** Doubles from try to try up to the bound, give or take a fifth so that retries spread out. */
  private Duration waitAfter(int attempt) {
    var doublings = Math.min(attempt - 1, 20);
    var wait = settings.webhookFirstRetry().multipliedBy(1L << doublings);
    var longest = settings.webhookLongestRetry();
    var bounded = wait.compareTo(longest) < 0 ? wait : longest;
    return Duration.ofMillis(
        Math.round(bounded.toMillis() * ThreadLocalRandom.current().nextDouble(0.8, 1.2)));
  }

  /** Takes on no more work. Does not block. */
  void halt() {
    decisions.halt();
    deliveries.halt();
  }

  /** Stops for good, blocking a few seconds at most; what waits stays in the books. */
  void stop() {
    halt();
    decisions.stop();
    deliveries.stop();
  }
}
