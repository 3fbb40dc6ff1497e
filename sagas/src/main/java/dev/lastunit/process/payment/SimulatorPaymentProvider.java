package dev.lastunit.process.payment;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.lastunit.shared.api.Money;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.netty.channel.ChannelOption;
import java.net.ConnectException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.springframework.http.HttpMethod;
import org.springframework.http.MediaType;
import org.springframework.http.client.reactive.ReactorClientHttpConnector;
import org.springframework.web.reactive.function.client.ClientResponse;
import org.springframework.web.reactive.function.client.WebClient;
import org.springframework.web.util.UriComponentsBuilder;
import reactor.core.publisher.Mono;
import reactor.netty.http.client.HttpClient;
import reactor.netty.internal.shaded.reactor.pool.PoolAcquirePendingLimitException;
import reactor.netty.internal.shaded.reactor.pool.PoolAcquireTimeoutException;
import reactor.netty.resources.ConnectionProvider;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * The provider's port over the simulator's HTTP calls.
 *
 * <p>Never blocks. A call may take {@code timeout}; at most {@value #CONNECTIONS} run at a time and
 * {@value #WAITING} wait. The address is asked for with each call, since the default one is this
 * server's own and known only once it listens. Tokens go out in bodies and nowhere else.
 */
public final class SimulatorPaymentProvider implements PaymentProvider, AutoCloseable {

  static final int CONNECTIONS = 200;
  static final int WAITING = 2_000;

  private static final String CHARGES = "/simulator/v1/charges";
  private static final JsonMapper JSON = JsonMapper.builder().build();

  private final Supplier<URI> baseUrl;
  private final Duration timeout;
  private final MeterRegistry meters;
  private final ConnectionProvider connections;
  private final WebClient client;

  /**
   * @param baseUrl scheme, host and port; may fail as long as the address is not known
   */
  public SimulatorPaymentProvider(Supplier<URI> baseUrl, Duration timeout, MeterRegistry meters) {
    this.baseUrl = baseUrl;
    this.timeout = timeout;
    this.meters = meters;
    this.connections =
        ConnectionProvider.builder("payment-provider")
            .maxConnections(CONNECTIONS)
            .pendingAcquireMaxCount(WAITING)
            .pendingAcquireTimeout(timeout)
            .maxIdleTime(Duration.ofSeconds(20))
            .build();
    HttpClient http =
        HttpClient.create(connections)
            .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, (int) Math.min(timeout.toMillis(), 2_000))
            .followRedirect(false);
    this.client = WebClient.builder().clientConnector(new ReactorClientHttpConnector(http)).build();
  }

  @Override
  public String name() {
    return "simulator";
  }

  private record ChargeBody(
      String reference, long amount, String currency, String token, boolean capture) {}

  private record MoveBody(@JsonInclude(JsonInclude.Include.NON_NULL) Long amount) {}

  @Override
  public CompletableFuture<Answer> authorise(
      String key, String reference, Money amount, String token) {
    return call(
        "authorise",
        CHARGES,
        key,
        new ChargeBody(reference, amount.amount(), amount.currency(), token, false));
  }

  @Override
  public CompletableFuture<Answer> capture(String key, String chargeId, Money amount) {
    return call(
        "capture", CHARGES + "/" + chargeId + "/capture", key, new MoveBody(amount.amount()));
  }

  @Override
  public CompletableFuture<Answer> voidCharge(String key, String chargeId) {
    return call("void", CHARGES + "/" + chargeId + "/void", key, new MoveBody(null));
  }

  @Override
  public CompletableFuture<Answer> refund(String key, String chargeId, Money amount) {
    return call(
        "refund", CHARGES + "/" + chargeId + "/refunds", key, new MoveBody(amount.amount()));
  }

  @Override
  public CompletableFuture<List<Charge>> find(String reference) {
    Timer.Sample sample = Timer.start(meters);
    return Mono.defer(
            () ->
                client
                    .get()
                    .uri(
                        UriComponentsBuilder.fromUri(baseUrl.get())
                            .path(CHARGES)
                            .queryParam("reference", "{reference}")
                            .encode()
                            .buildAndExpand(reference)
                            .toUri())
                    .accept(MediaType.APPLICATION_JSON)
                    .exchangeToMono(
                        response ->
                            body(response)
                                .map(
                                    text -> {
                                      if (response.statusCode().value() != 200) {
                                        throw new IllegalStateException(
                                            "The provider answers " + response.statusCode());
                                      }
                                      return charges(JSON.readTree(text));
                                    })))
        .timeout(timeout)
        .doOnSuccess(found -> count(sample, "find", "answered"))
        .doOnError(failure -> count(sample, "find", causeOf(failure)))
        .toFuture();
  }

  private CompletableFuture<Answer> call(
      String operation, String path, String key, Object requestBody) {
    Timer.Sample sample = Timer.start(meters);
    return Mono.defer(
            () ->
                client
                    .method(HttpMethod.POST)
                    .uri(UriComponentsBuilder.fromUri(baseUrl.get()).path(path).build().toUri())
                    .header("Idempotency-Key", key)
                    .contentType(MediaType.APPLICATION_JSON)
                    .accept(MediaType.APPLICATION_JSON, MediaType.APPLICATION_PROBLEM_JSON)
                    .bodyValue(JSON.writeValueAsBytes(requestBody))
                    .exchangeToMono(
                        response ->
                            body(response)
                                .map(text -> answer(response.statusCode().value(), text))))
        .timeout(timeout)
        .onErrorResume(
            failure -> Mono.just(new Answer.Unknown(!neverReached(failure), causeOf(failure))))
        .doOnNext(answer -> count(sample, operation, outcomeOf(answer)))
        .toFuture();
  }

  private static Mono<String> body(ClientResponse response) {
    return response
        .bodyToMono(byte[].class)
        .map(bytes -> new String(bytes, StandardCharsets.UTF_8))
        .defaultIfEmpty("");
  }

  /** What an HTTP answer means. */
  static Answer answer(int status, String text) {
    if (status == 504 || status == 408) {
      // Somebody between us and the provider gave up waiting; the request may still be at work.
      return new Answer.Unknown(true, "http-" + status);
    }
    if (status >= 500 || status == 429 || status == 425) {
      return new Answer.Unknown(false, "http-" + status);
    }
    JsonNode tree;
    try {
      tree = JSON.readTree(text);
    } catch (JacksonException e) {
      return new Answer.Unknown(true, "unreadable");
    }
    if (status == 402) {
      return tree.hasNonNull("chargeId") && tree.hasNonNull("status")
          ? new Answer.Known(charge(tree))
          : new Answer.Refused(declineCode(tree));
    }
    if (status >= 200 && status < 300) {
      return new Answer.Known(charge(tree));
    }
    return status >= 400
        ? new Answer.Refused(problemCode(tree, status))
        : new Answer.Unknown(true, "http-" + status);
  }

  private static List<Charge> charges(JsonNode tree) {
    return tree.path("items").valueStream().map(SimulatorPaymentProvider::charge).toList();
  }

  /** Reads a charge; an answer of another form is a fault, and then the outcome is unknown. */
  static Charge charge(JsonNode tree) {
    String currency = tree.path("currency").asString();
    return new Charge(
        tree.path("chargeId").asString(),
        ChargeStatus.valueOf(tree.path("status").asString().toUpperCase(Locale.ROOT)),
        new Money(tree.path("amount").asLong(), currency),
        new Money(tree.path("amountCaptured").asLong(0), currency),
        new Money(tree.path("amountRefunded").asLong(0), currency),
        tree.path("declineCode").asString(null));
  }

  private static String declineCode(JsonNode tree) {
    String code = tree.path("declineCode").asString("");
    return code.isBlank() ? tree.path("code").asString("declined") : code;
  }

  private static String problemCode(JsonNode tree, int status) {
    String type = tree.path("type").asString("");
    String slug = type.substring(type.lastIndexOf('/') + 1);
    return slug.isBlank() ? "http-" + status : slug;
  }

  /** Whether a failure shows that the request never left: then it can safely be sent again. */
  private static boolean neverReached(Throwable failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof ConnectException
          || cause instanceof PoolAcquireTimeoutException
          || cause instanceof PoolAcquirePendingLimitException
          || cause instanceof AddressUnknownException) {
        return true;
      }
    }
    return false;
  }

  /** The provider's address is not known yet. */
  static final class AddressUnknownException extends IllegalStateException {
    private static final long serialVersionUID = 1L;

    AddressUnknownException(String message) {
      super(message);
    }
  }

  private static String causeOf(Throwable failure) {
    if (failure instanceof TimeoutException) {
      return "timeout";
    }
    return neverReached(failure) ? "not-reached" : "broken";
  }

  private static String outcomeOf(Answer answer) {
    return switch (answer) {
      case Answer.Known(Charge charge) -> charge.status().name().toLowerCase(Locale.ROOT);
      case Answer.Refused refused -> "refused";
      case Answer.Unknown unknown -> unknown.cause();
    };
  }

  private void count(Timer.Sample sample, String operation, String outcome) {
    sample.stop(
        Timer.builder("lastunit.payment.provider.calls")
            .description("Calls to the payment provider")
            .tag("provider", name())
            .tag("operation", operation)
            .tag("outcome", Objects.requireNonNullElse(outcome, "none"))
            .register(meters));
  }

  @Override
  public void close() {
    connections.dispose();
  }
}
