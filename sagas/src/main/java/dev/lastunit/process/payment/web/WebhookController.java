package dev.lastunit.process.payment.web;

import dev.lastunit.payment.api.PaymentCommand;
import dev.lastunit.payment.api.PaymentStatus;
import dev.lastunit.process.engine.CommandSender;
import dev.lastunit.process.engine.OnSagaRole;
import dev.lastunit.process.payment.WebhookTranslator;
import dev.lastunit.shared.api.ErrorCode;
import dev.lastunit.shared.api.Problem;
import dev.lastunit.shared.api.Result;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.Map;
import org.springframework.context.annotation.Conditional;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferLimitException;
import org.springframework.core.io.buffer.DataBufferUtils;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/**
 * Takes in what payment providers report. A webhook is answered with 200 only after its effect has
 * been recorded; when that fails it is answered with 5xx, so that the provider sends it again.
 */
@RestController
@Conditional(OnSagaRole.class)
@Tag(name = "Payments")
class WebhookController {

  private static final int MOST_BYTES = 1 << 20;

  private final Map<String, WebhookSource> sources;
  private final WebhookInbox inbox;
  private final CommandSender sender;
  private final Clock clock;
  private final MeterRegistry meters;

  /** Outcomes of a webhook, as they are kept. */
  enum Outcome {
    /** A payment was told something. */
    APPLIED(HttpStatus.OK),
    /** It is about nothing that payments are told. */
    IGNORED(HttpStatus.OK),
    /** It is about a payment that is not known; kept for reconciliation. */
    UNMATCHED(HttpStatus.ACCEPTED);

    private final HttpStatus status;

    Outcome(HttpStatus status) {
      this.status = status;
    }

    String text() {
      return name().toLowerCase(java.util.Locale.ROOT);
    }
  }

  WebhookController(
      Map<String, WebhookSource> webhookSources,
      WebhookInbox inbox,
      CommandSender sender,
      Clock clock,
      MeterRegistry meters) {
    this.sources =
        webhookSources.values().stream()
            .collect(
                java.util.stream.Collectors.toUnmodifiableMap(WebhookSource::provider, s -> s));
    this.inbox = inbox;
    this.sender = sender;
    this.clock = clock;
    this.meters = meters;
  }

  @PostMapping("/v1/payments/webhooks/{provider}")
  @Operation(
      summary = "What a payment provider reports, signed by the Standard Webhooks scheme",
      description =
          "200 once it has taken effect, also for a repeat; 202 when the payment is not known and"
              + " the report is kept; 401 when the signature is bad or stale.")
  Mono<ResponseEntity<Void>> receive(@PathVariable String provider, ServerHttpRequest request) {
    WebhookSource source = sources.get(provider);
    if (source == null) {
      return Mono.error(Problem.notFound("payment provider"));
    }
    return body(request).flatMap(body -> receive(source, request.getHeaders(), body));
  }

  private static Mono<byte[]> body(ServerHttpRequest request) {
    return DataBufferUtils.join(request.getBody(), MOST_BYTES)
        .map(WebhookController::bytes)
        .defaultIfEmpty(new byte[0])
        .onErrorMap(
            DataBufferLimitException.class,
            tooLarge ->
                new Problem(
                    ErrorCode.PAYLOAD_TOO_LARGE, "A webhook has at most " + MOST_BYTES + " bytes"));
  }

  private static byte[] bytes(DataBuffer buffer) {
    byte[] bytes = new byte[buffer.readableByteCount()];
    buffer.read(bytes);
    DataBufferUtils.release(buffer);
    return bytes;
  }

  private Mono<ResponseEntity<Void>> receive(
      WebhookSource source, HttpHeaders headers, byte[] body) {
    String id = headers.getFirst("webhook-id");
    boolean genuine =
        id != null
            && id.length() <= 255
            && source
                .signatures()
                .genuine(
                    id,
                    headers.getFirst("webhook-timestamp"),
                    headers.getFirst("webhook-signature"),
                    body);
    if (!genuine) {
      count(source.provider(), "bad-signature");
      return Mono.error(
          new Problem(ErrorCode.INVALID_SIGNATURE, "The webhook's signature is bad or stale"));
    }
    WebhookTranslator.Translated report = source.translator().translate(body);
    String text = new String(body, StandardCharsets.UTF_8).replace("\u0000", "");
    return Mono.fromCallable(
            () ->
                java.util.Optional.ofNullable(
                    inbox.receive(source.provider(), id, clock.instant(), report.type(), text)))
        .subscribeOn(Schedulers.boundedElastic())
        .flatMap(
            before -> {
              if (before.isPresent()) {
                count(source.provider(), "repeated");
                return Mono.just(ResponseEntity.ok().<Void>build());
              }
              return apply(report.command())
                  .flatMap(outcome -> settle(source.provider(), id, outcome));
            });
  }

  private Mono<Outcome> apply(PaymentCommand<PaymentStatus> command) {
    if (command == null) {
      return Mono.just(Outcome.IGNORED);
    }
    return Mono.fromFuture(() -> sender.send(command)).map(WebhookController::outcomeOf);
  }

  private static Outcome outcomeOf(Result<PaymentStatus> answer) {
    return switch (answer) {
      case Result.Accepted<PaymentStatus> accepted -> Outcome.APPLIED;
      case Result.Refused<PaymentStatus> refused when refused.code() == ErrorCode.NOT_FOUND ->
          Outcome.UNMATCHED;
      // Late or out of order: the payment has got further than what is reported.
      case Result.Refused<PaymentStatus> refused -> Outcome.IGNORED;
    };
  }

  private Mono<ResponseEntity<Void>> settle(String provider, String id, Outcome outcome) {
    return Mono.fromRunnable(() -> inbox.settle(provider, id, outcome.text()))
        .subscribeOn(Schedulers.boundedElastic())
        .then(
            Mono.fromSupplier(
                () -> {
                  count(provider, outcome.text());
                  return ResponseEntity.status(outcome.status).<Void>build();
                }));
  }

  private void count(String provider, String outcome) {
    Counter.builder("lastunit.payment.webhooks")
        .description("Webhooks of payment providers")
        .tag("provider", provider)
        .tag("outcome", outcome)
        .register(meters)
        .increment();
  }
}
