package dev.lastunit.app.simulator;

import dev.lastunit.app.simulator.Step.Outcome;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferLimitException;
import org.springframework.core.io.buffer.DataBufferUtils;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.server.PathContainer;
import org.springframework.http.server.PathContainer.PathSegment;
import org.springframework.http.server.reactive.HttpHandler;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.web.util.DisconnectedClientHelper;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import tools.jackson.databind.json.JsonMapper;

/**
 * The simulator's HTTP calls; what they are is in the package's page. They are answered before the
 * application's own web filters: tokens, roles, rate limits and metrics of the shop are none of a
 * payment provider's business. Never blocks.
 */
final class SimulatorRoutes {

  private static final Logger LOG = LoggerFactory.getLogger(SimulatorRoutes.class);

  private static final String BASE = "/simulator/v1/charges";
  private static final List<String> BASE_SEGMENTS = List.of("simulator", "v1", "charges");
  private static final Pattern KEY = Pattern.compile("[\\x21-\\x7e]{1,255}");

  /** Some five thousand years from the epoch; PostgreSQL knows more, and nobody needs them. */
  private static final long FARTHEST_SECOND = 160_000_000_000L;

  /** Far above any call; the same for every body that this port takes. */
  private static final int LONGEST_BODY_BYTES = 1024 * 1024;

  private final Ledger ledger;
  private final WebhookCourier courier;
  private final SimulatorSettings settings;
  private final JsonMapper json;
  private final Sinks.Empty<Void> closing = Sinks.empty();

  SimulatorRoutes(
      Ledger ledger, WebhookCourier courier, SimulatorSettings settings, JsonMapper json) {
    this.ledger = ledger;
    this.courier = courier;
    this.settings = settings;
    this.json = json;
  }

  /** One of the calls, with what the path names. */
  private sealed interface Call {
    record Open() implements Call {}

    record Find() implements Call {}

    record Get(String chargeId) implements Call {}

    record Refunds(String chargeId) implements Call {}

    record Make(Move move, String chargeId) implements Call {}
  }

  /**
   * What a call is answered with.
   *
   * @param body JSON
   */
  private record Answer(HttpStatus status, HttpHeaders headers, byte[] body) {}

  /** Answers the simulator's calls, and leaves every other request to {@code others}. */
  HttpHandler before(HttpHandler others) {
    return (request, response) -> {
      var call = call(request.getMethod(), request.getPath().pathWithinApplication());
      return call == null ? others.handle(request, response) : serve(call, request, response);
    };
  }

  /** Ends the requests that are held without an answer, so that they do not hold up a shutdown. */
  void release() {
    closing.tryEmitEmpty();
  }

  private static @Nullable Call call(HttpMethod method, PathContainer path) {
    // Separators and segments in turns.
    var elements = path.elements();
    var base = 2 * BASE_SEGMENTS.size();
    if (elements.size() < base || elements.size() > base + 4) {
      return null;
    }
    for (var i = 0; i < BASE_SEGMENTS.size(); i++) {
      if (!BASE_SEGMENTS.get(i).equals(segment(elements, i))) {
        return null;
      }
    }
    var get = method == HttpMethod.GET;
    var post = method == HttpMethod.POST;
    if (elements.size() == base) {
      return post ? new Call.Open() : get ? new Call.Find() : null;
    }
    var chargeId = segment(elements, BASE_SEGMENTS.size());
    if (chargeId == null) {
      return null;
    }
    if (elements.size() == base + 2) {
      return get ? new Call.Get(chargeId) : null;
    }
    var name = segment(elements, BASE_SEGMENTS.size() + 1);
    if (get && Move.REFUND.path().equals(name)) {
      return new Call.Refunds(chargeId);
    }
    if (post && name != null) {
      for (var move : Move.values()) {
        if (move.path().equals(name)) {
          return new Call.Make(move, chargeId);
        }
      }
    }
    return null;
  }

  /** The segment of this number, decoded; null where there is none. */
  private static @Nullable String segment(List<PathContainer.Element> elements, int number) {
    var at = 2 * number + 1;
    return at < elements.size() && elements.get(at) instanceof PathSegment segment
        ? segment.valueToMatch()
        : null;
  }

  private Mono<Void> serve(Call call, ServerHttpRequest request, ServerHttpResponse response) {
    return Mono.defer(
            () ->
                switch (call) {
                  case Call.Open open -> open(request);
                  case Call.Find find -> find(request);
                  case Call.Get(String chargeId) -> get(chargeId);
                  case Call.Refunds(String chargeId) -> refunds(chargeId);
                  case Call.Make(Move move, String chargeId) -> move(request, move, chargeId);
                })
        .onErrorResume(failure -> refused(request, failure))
        .flatMap(answer -> write(answer, response));
  }

  private Mono<Answer> open(ServerHttpRequest request) {
    var key = key(request);
    return body(request)
        .map(body -> ChargeRequest.parse(json, body))
        .flatMap(
            charge ->
                switch (charge.token()) {
                  case OK, DECLINED, NEVER, ASYNC, ASYNC_DECLINED, WEBHOOK_TWICE ->
                      record(charge, key);
                  case SLOW -> record(charge, key).delayElement(settings.slowAnswer());
                  case TIMEOUT_CHARGED -> record(charge, key).then(silence());
                  case TIMEOUT_UNCHARGED -> this.<Outcome>silence();
                  case FLAKY ->
                      ledger
                          .flakes(charge.reference())
                          .flatMap(
                              fails -> fails ? Mono.error(Refusal.fault()) : record(charge, key));
                })
        .map(
            outcome -> {
              var answer = answer(HttpStatus.CREATED, outcome);
              answer.headers().set(HttpHeaders.LOCATION, BASE + "/" + outcome.charge().chargeId());
              return answer;
            });
  }

  private Mono<Outcome> record(ChargeRequest charge, @Nullable String key) {
    return ledger
        .open(charge, key)
        .doOnNext(
            outcome -> {
              if (charge.token().decision().isPresent()) {
                courier.decisionExpected();
              }
              if (outcome.webhooks()) {
                courier.webhooksExpected();
              }
            });
  }

  /** No answer, as long as the settings say or until the server stops. Holds no thread. */
  private <T> Mono<T> silence() {
    return Mono.firstWithSignal(Mono.delay(settings.hold()).then(), closing.asMono())
        .then(Mono.error(Refusal::silent));
  }

  private Mono<Answer> move(ServerHttpRequest request, Move move, String chargeId) {
    var key = key(request);
    return body(request)
        .flatMap(body -> ledger.move(chargeId, move, amount(body), key))
        .map(
            outcome -> {
              if (outcome.webhooks()) {
                courier.webhooksExpected();
              }
              return answer(HttpStatus.OK, outcome);
            });
  }

  private @Nullable Long amount(byte[] body) {
    return ChargeRequest.parseMove(json, body);
  }

  private Mono<Answer> get(String chargeId) {
    return ledger
        .find(chargeId)
        .switchIfEmpty(Mono.error(() -> Refusal.chargeNotFound(chargeId)))
        .map(charge -> answer(HttpStatus.OK, charge));
  }

  private Mono<Answer> refunds(String chargeId) {
    return ledger
        .find(chargeId)
        .switchIfEmpty(Mono.error(() -> Refusal.chargeNotFound(chargeId)))
        .flatMap(charge -> ledger.refunds(chargeId).collectList())
        .map(items -> answer(HttpStatus.OK, Map.of("items", items)));
  }

  private Mono<Answer> find(ServerHttpRequest request) {
    var reference = request.getQueryParams().getFirst("reference");
    if (reference == null || reference.isBlank()) {
      if (request.getQueryParams().containsKey("from")) {
        return list(request);
      }
      throw Refusal.invalid(List.of(new Refusal.Violation("reference", "or from is required")));
    }
    return ledger
        .findByReference(reference)
        .collectList()
        .map(items -> answer(HttpStatus.OK, Map.of("items", items)));
  }

  private Mono<Answer> list(ServerHttpRequest request) {
    var wrong = new ArrayList<Refusal.Violation>();
    var from = instant(request, "from", wrong);
    var to = instant(request, "to", wrong);
    var cursor = request.getQueryParams().getFirst("cursor");
    var after = cursor == null ? null : ListedCharge.Place.of(cursor);
    if (cursor != null && after == null) {
      wrong.add(new Refusal.Violation("cursor", "must be the next of the part before"));
    }
    if (from == null || to == null || !wrong.isEmpty()) {
      throw Refusal.invalid(wrong);
    }
    return ledger
        .list(from, to, after, ListedCharge.MOST + 1)
        .collectList()
        .map(found -> answer(HttpStatus.OK, ListedCharge.Page.of(found)));
  }

  private static @Nullable Instant instant(
      ServerHttpRequest request, String name, List<Refusal.Violation> wrong) {
    var text = request.getQueryParams().getFirst(name);
    try {
      var instant = text == null ? null : Instant.parse(text);
      if (instant != null && Math.abs(instant.getEpochSecond()) <= FARTHEST_SECOND) {
        return instant;
      }
    } catch (DateTimeParseException e) {
      // Told below.
    }
    wrong.add(new Refusal.Violation(name, "must be an instant such as 2026-11-23T19:04:05Z"));
    return null;
  }

  private Answer answer(HttpStatus status, Outcome outcome) {
    var answer = answer(status, outcome.charge());
    if (outcome.replayed()) {
      answer.headers().set("Idempotency-Replayed", "true");
    }
    return answer;
  }

  private Answer answer(HttpStatus status, Object body) {
    return answer(status, MediaType.APPLICATION_JSON, body);
  }

  private Answer answer(HttpStatus status, MediaType type, Object body) {
    var bytes = json.writeValueAsBytes(body);
    var headers = new HttpHeaders();
    headers.setContentType(type);
    headers.setContentLength(bytes.length);
    return new Answer(status, headers, bytes);
  }

  private Mono<Answer> refused(ServerHttpRequest request, Throwable failure) {
    if (DisconnectedClientHelper.isClientDisconnectedException(failure)) {
      return Mono.error(failure);
    }
    Refusal refusal;
    if (failure instanceof Refusal known) {
      refusal = known;
    } else {
      LOG.warn("{} {} failed", request.getMethod(), request.getPath(), failure);
      refusal = Refusal.unavailable();
    }
    var path = request.getPath().pathWithinApplication().value();
    var answer =
        answer(refusal.status(), MediaType.APPLICATION_PROBLEM_JSON, refusal.problem(path));
    if (refusal.status() == HttpStatus.SERVICE_UNAVAILABLE) {
      answer.headers().set(HttpHeaders.RETRY_AFTER, "1");
    }
    return Mono.just(answer);
  }

  private static Mono<Void> write(Answer answer, ServerHttpResponse response) {
    response.setStatusCode(answer.status());
    response.getHeaders().putAll(answer.headers());
    return response.writeWith(Mono.just(response.bufferFactory().wrap(answer.body())));
  }

  private static Mono<byte[]> body(ServerHttpRequest request) {
    return DataBufferUtils.join(request.getBody(), LONGEST_BODY_BYTES)
        .map(SimulatorRoutes::bytes)
        .defaultIfEmpty(new byte[0])
        .onErrorMap(DataBufferLimitException.class, tooLong -> Refusal.tooLong());
  }

  private static byte[] bytes(DataBuffer buffer) {
    try {
      var bytes = new byte[buffer.readableByteCount()];
      buffer.read(bytes);
      return bytes;
    } finally {
      DataBufferUtils.release(buffer);
    }
  }

  private static @Nullable String key(ServerHttpRequest request) {
    var keys = request.getHeaders().getOrEmpty("Idempotency-Key");
    if (keys.isEmpty()) {
      return null;
    }
    if (keys.size() > 1 || !KEY.matcher(keys.getFirst()).matches()) {
      throw Refusal.keyInvalid();
    }
    return keys.getFirst();
  }
}
