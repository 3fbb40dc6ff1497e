package dev.lastunit.app.simulator;

import com.zaxxer.hikari.HikariDataSource;
import io.r2dbc.pool.ConnectionPool;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Map;
import java.util.UUID;
import java.util.function.Supplier;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.http.codec.autoconfigure.CodecsAutoConfiguration;
import org.springframework.boot.jackson.autoconfigure.JacksonAutoConfiguration;
import org.springframework.boot.reactor.netty.autoconfigure.NettyReactiveWebServerAutoConfiguration;
import org.springframework.boot.web.server.reactive.context.ReactiveWebServerApplicationContext;
import org.springframework.boot.webflux.autoconfigure.HttpHandlerAutoConfiguration;
import org.springframework.boot.webflux.autoconfigure.WebFluxAutoConfiguration;
import org.springframework.boot.webflux.autoconfigure.error.ErrorWebFluxAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.test.web.reactive.server.WebTestClient;
import org.springframework.test.web.reactive.server.WebTestClient.ResponseSpec;
import org.springframework.web.reactive.function.client.ClientRequest;
import org.springframework.web.reactive.function.client.ClientResponse;
import org.springframework.web.reactive.function.client.ExchangeFunction;
import reactor.core.publisher.Mono;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The simulator on a real port with a real database and nothing else of the application. */
final class SimulatorServer implements AutoCloseable {

  static final String CHARGES = "/simulator/v1/charges";

  private static final JsonMapper JSON = JsonMapper.builder().build();

  /** Waits short enough for tests; everything else is as shipped. */
  private static final String[] SETTINGS = {
    "server.port=0",
    "spring.main.banner-mode=off",
    "spring.reactor.netty.shutdown-quiet-period=0s",
    "lastunit.simulator.enabled=true",
    "lastunit.simulator.decision-delay=300ms",
    "lastunit.simulator.late-webhook-delay=700ms",
    "lastunit.simulator.duplicate-delay=100ms",
    "lastunit.simulator.webhook-first-retry=100ms",
    "lastunit.simulator.hold=1500ms",
  };

  @Configuration(proxyBeanMethods = false)
  @Import(SimulatorConfiguration.class)
  @ImportAutoConfiguration({
    CodecsAutoConfiguration.class,
    ErrorWebFluxAutoConfiguration.class,
    HttpHandlerAutoConfiguration.class,
    JacksonAutoConfiguration.class,
    NettyReactiveWebServerAutoConfiguration.class,
    WebFluxAutoConfiguration.class
  })
  static class Application {

    @Bean
    ConnectionPool connectionFactory() {
      return SimulatorDatabase.connections();
    }

    @Bean(destroyMethod = "close")
    HikariDataSource dataSource() {
      return SimulatorDatabase.dataSource();
    }
  }

  private final ReactiveWebServerApplicationContext context;
  private final WebTestClient client;

  /** Starts a server; later settings win over earlier ones. */
  SimulatorServer(String... settings) {
    var all = new ArrayList<>(Arrays.asList(SETTINGS));
    all.addAll(Arrays.asList(settings));
    context =
        (ReactiveWebServerApplicationContext)
            new SpringApplicationBuilder(Application.class)
                .web(WebApplicationType.REACTIVE)
                .properties(all.toArray(String[]::new))
                .run();
    client = client(Duration.ofSeconds(10));
  }

  /** A new reference, so that tests do not meet. */
  static String reference() {
    return "order-" + UUID.randomUUID();
  }

  static Map<String, Object> charge(String reference, String token) {
    return Map.of(
        "reference",
        reference,
        "amount",
        1999,
        "currency",
        "EUR",
        "token",
        token,
        "capture",
        false);
  }

  WebTestClient client(Duration timeout) {
    return WebTestClient.bindToServer()
        .baseUrl("http://127.0.0.1:" + port())
        .responseTimeout(timeout)
        .filter(SimulatorServer::readWhole)
        .build();
  }

  /** Reads every body to its end, also of answers of which a test looks at the status alone. */
  private static Mono<ClientResponse> readWhole(ClientRequest request, ExchangeFunction next) {
    return next.exchange(request)
        .flatMap(
            response ->
                response
                    .bodyToMono(String.class)
                    .defaultIfEmpty("")
                    .map(
                        body ->
                            ClientResponse.create(response.statusCode(), response.strategies())
                                .headers(
                                    headers -> headers.addAll(response.headers().asHttpHeaders()))
                                .body(body)
                                .build()));
  }

  int port() {
    var server = context.getWebServer();
    if (server == null) {
      throw new IllegalStateException("No web server");
    }
    return server.getPort();
  }

  @SuppressWarnings("unchecked")
  Supplier<String> secret() {
    return (Supplier<String>) context.getBean("simulatorWebhookSecret", Supplier.class);
  }

  ResponseSpec post(String path, String key, Object body) {
    return client
        .post()
        .uri(path)
        .headers(
            headers -> {
              if (key != null) {
                headers.set("Idempotency-Key", key);
              }
            })
        .bodyValue(body)
        .exchange();
  }

  ResponseSpec get(String path) {
    return client.get().uri(path).exchange();
  }

  /** Opens a charge that is taken by the books, and gives it as it was answered. */
  JsonNode open(String reference, String token) {
    return json(post(CHARGES, null, charge(reference, token)).expectStatus().isCreated());
  }

  /** Moves a charge, which must be possible. */
  JsonNode move(JsonNode charge, String move, Map<String, Object> body) {
    return json(post(path(charge, move), null, body).expectStatus().isOk());
  }

  /** What the books hold for the reference. */
  JsonNode find(String reference) {
    return json(get(CHARGES + "?reference=" + reference).expectStatus().isOk()).path("items");
  }

  /** The charge as it is now. */
  JsonNode again(JsonNode charge) {
    return json(get(CHARGES + "/" + charge.path("chargeId").asString()).expectStatus().isOk());
  }

  static String path(JsonNode charge, String move) {
    return CHARGES + "/" + charge.path("chargeId").asString() + "/" + move;
  }

  static JsonNode json(ResponseSpec response) {
    return JSON.readTree(response.expectBody().returnResult().getResponseBodyContent());
  }

  @Override
  public void close() {
    context.close();
  }
}
