package dev.lastunit.process.payment;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.lastunit.shared.api.Money;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelOption;
import io.netty.handler.codec.http.HttpHeaderNames;
import java.io.ByteArrayOutputStream;
import java.net.ConnectException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import java.util.function.Supplier;
import org.springframework.web.util.UriUtils;
import reactor.core.publisher.Mono;
import reactor.netty.ByteBufFlux;
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

  private static final int LONGEST_ANSWER_BYTES = 256 * 1024;

  private static final String CHARGES = "/simulator/v1/charges";
  private static final String JSON_TYPE = "application/json";
  private static final String JSON_OR_PROBLEM = JSON_TYPE + ", application/problem+json";
  private static final JsonMapper JSON = JsonMapper.builder().build();

  private final Supplier<URI> baseUrl;
  private final Duration timeout;
  private final MeterRegistry meters;
  private final Map<CallOutcome, Timer> timers = new ConcurrentHashMap<>();
  private final ConnectionProvider connections;
  private final HttpClient http;
  private volatile Address address;

  /** The provider's address as it was at the latest call, and what is made from it once. */
  private record Address(URI baseUrl, String charges, URI authorise) {
    static Address of(URI baseUrl) {
      String charges = baseUrl.toString().replaceFirst("/*$", "") + CHARGES;
      return new Address(baseUrl, charges, URI.create(charges));
    }
  }

  private record CallOutcome(String operation, String outcome) {}

  /**
   * @param baseUrl scheme, host and port, perhaps a path; may fail as long as the address is not
   *     known
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
    this.http =
        HttpClient.create(connections)
            .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, (int) Math.min(timeout.toMillis(), 2_000))
            .followRedirect(false);
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
        Address::authorise,
        key,
        new ChargeBody(reference, amount.amount(), amount.currency(), token, false));
  }

  @Override
  public CompletableFuture<Answer> capture(String key, String chargeId, Money amount) {
    return call("capture", move(chargeId, "capture"), key, new MoveBody(amount.amount()));
  }

  @Override
  public CompletableFuture<Answer> voidCharge(String key, String chargeId) {
    return call("void", move(chargeId, "void"), key, new MoveBody(null));
  }

  @Override
  public CompletableFuture<Answer> refund(String key, String chargeId, Money amount) {
    return call("refund", move(chargeId, "refunds"), key, new MoveBody(amount.amount()));
  }

  private static Function<Address, URI> move(String chargeId, String move) {
    return known -> URI.create(known.charges() + "/" + chargeId + "/" + move);
  }

  @Override
  public CompletableFuture<List<Charge>> find(String reference) {
    return ask("find", "?reference=" + encoded(reference), SimulatorPaymentProvider::charges);
  }

  @Override
  public CompletableFuture<ChargePage> list(Instant from, Instant to, String cursor) {
    return ask(
        "list",
        "?from="
            + encoded(from.toString())
            + "&to="
            + encoded(to.toString())
            + (cursor == null ? "" : "&cursor=" + encoded(cursor)),
        SimulatorPaymentProvider::page);
  }

  private static String encoded(String value) {
    return UriUtils.encode(value, StandardCharsets.UTF_8);
  }

  /** Reads something; whatever goes wrong fails the future. */
  private <T> CompletableFuture<T> ask(
      String operation, String pathAndQuery, Function<JsonNode, T> reading) {
    Timer.Sample sample = Timer.start(meters);
    return Mono.defer(
            () ->
                http.headers(headers -> headers.set(HttpHeaderNames.ACCEPT, JSON_TYPE))
                    .get()
                    .uri(URI.create(address().charges() + pathAndQuery))
                    .response(
                        (response, content) ->
                            body(content)
                                .map(
                                    bytes -> {
                                      if (response.status().code() != 200) {
                                        throw new IllegalStateException(
                                            "The provider answers " + response.status());
                                      }
                                      return reading.apply(JSON.readTree(bytes));
                                    }))
                    .singleOrEmpty())
        .timeout(timeout)
        .doOnSuccess(found -> count(sample, operation, "answered"))
        .doOnError(failure -> count(sample, operation, causeOf(failure)))
        .toFuture();
  }

  @Override
  public CompletableFuture<List<Refund>> refunds(String chargeId) {
    return ask(
        "refunds",
        "/" + chargeId + "/refunds",
        tree -> tree.path("items").valueStream().map(SimulatorPaymentProvider::refund).toList());
  }

  private CompletableFuture<Answer> call(
      String operation, Function<Address, URI> uri, String key, Object requestBody) {
    Timer.Sample sample = Timer.start(meters);
    return Mono.defer(
            () -> {
              byte[] json = JSON.writeValueAsBytes(requestBody);
              return http.post()
                  .uri(uri.apply(address()))
                  .send(
                      (request, outbound) -> {
                        request
                            .header("Idempotency-Key", key)
                            .header(HttpHeaderNames.CONTENT_TYPE, JSON_TYPE)
                            .header(HttpHeaderNames.ACCEPT, JSON_OR_PROBLEM);
                        // One piece, and so sent with its length.
                        return outbound.send(Mono.fromSupplier(() -> Unpooled.wrappedBuffer(json)));
                      })
                  .response(
                      (response, content) ->
                          body(content).map(bytes -> answer(response.status().code(), bytes)))
                  .singleOrEmpty();
            })
        .timeout(timeout)
        .onErrorResume(
            failure -> Mono.just(new Answer.Unknown(!neverReached(failure), causeOf(failure))))
        .doOnNext(answer -> count(sample, operation, outcomeOf(answer)))
        .toFuture();
  }

  private Address address() {
    URI now = baseUrl.get();
    Address known = address;
    if (known == null || !known.baseUrl().equals(now)) {
      known = Address.of(now);
      address = known;
    }
    return known;
  }

  /** The whole body, empty when there is none; fails when it is too long to be an answer. */
  private static Mono<byte[]> body(ByteBufFlux content) {
    return content
        .asByteArray()
        .collect(
            ByteArrayOutputStream::new,
            (whole, part) -> {
              if (whole.size() + part.length > LONGEST_ANSWER_BYTES) {
                throw new IllegalStateException("The provider's answer is too long");
              }
              whole.writeBytes(part);
            })
        .map(ByteArrayOutputStream::toByteArray);
  }

  /** What an HTTP answer means. */
  static Answer answer(int status, byte[] body) {
    if (status == 504 || status == 408) {
      // Somebody between us and the provider gave up waiting; the request may still be at work.
      return new Answer.Unknown(true, "http-" + status);
    }
    if (status >= 500 || status == 429 || status == 425) {
      return new Answer.Unknown(false, "http-" + status);
    }
    JsonNode tree;
    try {
      tree = JSON.readTree(body);
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

  private static ChargePage page(JsonNode tree) {
    return new ChargePage(
        tree.path("items")
            .valueStream()
            .map(
                item ->
                    new ListedCharge(
                        item.path("reference").asString(),
                        Instant.parse(item.path("createdAt").asString()),
                        charge(item)))
            .toList(),
        tree.path("next").asString(null));
  }

  private static Refund refund(JsonNode tree) {
    return new Refund(
        tree.path("idempotencyKey").asString(null),
        new Money(tree.path("amount").asLong(), tree.path("currency").asString()));
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
    sample.stop(timers.computeIfAbsent(new CallOutcome(operation, outcome), this::timer));
  }

  private Timer timer(CallOutcome call) {
    return Timer.builder("lastunit.payment.provider.calls")
        .description("Calls to the payment provider")
        .tag("provider", name())
        .tag("operation", call.operation())
        .tag("outcome", call.outcome())
        .register(meters);
  }

  @Override
  public void close() {
    connections.dispose();
  }
}
