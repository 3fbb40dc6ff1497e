package dev.lastunit.app.simulator;

import io.r2dbc.spi.R2dbcException;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.web.reactive.function.server.RouterFunction;
import org.springframework.web.reactive.function.server.RouterFunctions;
import org.springframework.web.reactive.function.server.ServerRequest;
import org.springframework.web.reactive.function.server.ServerResponse;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import tools.jackson.databind.json.JsonMapper;

/** The simulator's HTTP calls; what they are is in the package's page. Never blocks. */
final class SimulatorRoutes {

  private static final Logger LOG = LoggerFactory.getLogger(SimulatorRoutes.class);

  private static final String BASE = "/simulator/v1/charges";
  private static final Pattern KEY = Pattern.compile("[\\x21-\\x7e]{1,255}");

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

  /** The routes; every refusal and every failure of the books is answered as a problem. */
  RouterFunction<ServerResponse> routes() {
    var routes =
        RouterFunctions.route()
            .POST(BASE, this::open)
            .GET(BASE, this::list)
            .GET(BASE + "/{id}", this::get);
    for (var move : Move.values()) {
      routes.POST(BASE + "/{id}/" + move.path(), request -> move(request, move));
    }
    return routes
        .filter(
            (request, next) ->
                Mono.defer(() -> next.handle(request))
                    .onErrorResume(Refusal.class, refusal -> problem(request, refusal))
                    .onErrorResume(
                        failure ->
                            failure instanceof DataAccessException
                                || failure instanceof R2dbcException,
                        failure -> {
                          LOG.warn("{} {} failed", request.method(), request.path(), failure);
                          return problem(request, Refusal.unavailable());
                        }))
        .build();
  }

  /** Ends the requests that are held without an answer, so that they do not hold up a shutdown. */
  void release() {
    closing.tryEmitEmpty();
  }

  private Mono<ServerResponse> open(ServerRequest request) {
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
                  case TIMEOUT_UNCHARGED -> this.<Ledger.Outcome>silence();
                  case FLAKY ->
                      ledger
                          .flakes(charge.reference())
                          .flatMap(
                              fails -> fails ? Mono.error(Refusal.fault()) : record(charge, key));
                })
        .flatMap(
            outcome ->
                respond(
                    ServerResponse.created(URI.create(BASE + "/" + outcome.charge().chargeId())),
                    outcome));
  }

  private Mono<Ledger.Outcome> record(ChargeRequest charge, @Nullable String key) {
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

  private Mono<ServerResponse> move(ServerRequest request, Move move) {
    var key = key(request);
    return body(request)
        .flatMap(body -> ledger.move(request.pathVariable("id"), move, amount(body), key))
        .doOnNext(
            outcome -> {
              if (outcome.webhooks()) {
                courier.webhooksExpected();
              }
            })
        .flatMap(outcome -> respond(ServerResponse.ok(), outcome));
  }

  private @Nullable Long amount(byte[] body) {
    return ChargeRequest.parseMove(json, body);
  }

  private Mono<ServerResponse> get(ServerRequest request) {
    var chargeId = request.pathVariable("id");
    return ledger
        .find(chargeId)
        .switchIfEmpty(Mono.error(() -> Refusal.chargeNotFound(chargeId)))
        .flatMap(
            charge ->
                ServerResponse.ok().contentType(MediaType.APPLICATION_JSON).bodyValue(charge));
  }

  private Mono<ServerResponse> list(ServerRequest request) {
    var reference =
        request
            .queryParam("reference")
            .filter(text -> !text.isBlank())
            .orElseThrow(
                () -> Refusal.invalid(List.of(new Refusal.Violation("reference", "is required"))));
    return ledger
        .findByReference(reference)
        .collectList()
        .flatMap(
            items ->
                ServerResponse.ok()
                    .contentType(MediaType.APPLICATION_JSON)
                    .bodyValue(Map.of("items", items)));
  }

  private static Mono<ServerResponse> respond(
      ServerResponse.BodyBuilder response, Ledger.Outcome outcome) {
    if (outcome.replayed()) {
      response.header("Idempotency-Replayed", "true");
    }
    return response.contentType(MediaType.APPLICATION_JSON).bodyValue(outcome.charge());
  }

  private static Mono<ServerResponse> problem(ServerRequest request, Refusal refusal) {
    var response = ServerResponse.status(refusal.status());
    if (refusal.status() == HttpStatus.SERVICE_UNAVAILABLE) {
      response.header("Retry-After", "1");
    }
    return response
        .contentType(MediaType.APPLICATION_PROBLEM_JSON)
        .bodyValue(refusal.problem(request.path()));
  }

  private static Mono<byte[]> body(ServerRequest request) {
    return request.bodyToMono(byte[].class).defaultIfEmpty(new byte[0]);
  }

  private static @Nullable String key(ServerRequest request) {
    var keys = request.headers().header("Idempotency-Key");
    if (keys.isEmpty()) {
      return null;
    }
    if (keys.size() > 1 || !KEY.matcher(keys.getFirst()).matches()) {
      throw Refusal.keyInvalid();
    }
    return keys.getFirst();
  }
}
