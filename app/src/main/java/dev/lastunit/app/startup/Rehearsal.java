package dev.lastunit.app.startup;

import dev.lastunit.catalogue.api.ProductCommand.PutProduct;
import dev.lastunit.catalogue.api.ProductDetails;
import dev.lastunit.inventory.api.StockCommand.RecordOpeningStock;
import dev.lastunit.shared.api.Commands;
import dev.lastunit.shared.api.LocationId;
import dev.lastunit.shared.api.Money;
import dev.lastunit.shared.api.Positions;
import dev.lastunit.shared.api.Sku;
import java.time.Duration;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.boot.web.server.context.WebServerApplicationContext;
import org.springframework.context.ApplicationListener;
import org.springframework.http.MediaType;
import org.springframework.stereotype.Component;
import org.springframework.web.reactive.function.client.WebClient;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Places orders and reads for a while right after the start, over HTTP as customers do, for the JDK
 * to note which code runs often (its ahead-of-time cache): a later start is fast from its first
 * orders on. Only ever in an empty store, and with the embedded default's provider and tokens.
 */
@Component
@ConditionalOnBooleanProperty("lastunit.rehearsal")
class Rehearsal implements ApplicationListener<ApplicationReadyEvent> {

  private static final Logger LOG = LoggerFactory.getLogger(Rehearsal.class);

  private static final Duration LENGTH = Duration.ofSeconds(20);
  private static final int CUSTOMERS = 8;
  private static final int PRODUCTS = 40;
  private static final int UNITS = 1_000_000;

  private final Commands commands;
  private final Positions positions;

  Rehearsal(Commands commands, Positions positions) {
    this.commands = commands;
    this.positions = positions;
  }

  @Override
  public void onApplicationEvent(ApplicationReadyEvent event) {
    if (positions.head() > 0) {
      LOG.warn("There is something in the store already; nothing is rehearsed in it");
      return;
    }
    if (event.getApplicationContext() instanceof WebServerApplicationContext context) {
      int port = context.getWebServer().getPort();
      Thread.ofPlatform().daemon().name("rehearsal").start(() -> rehearse(port));
    }
  }

  private void rehearse(int port) {
    try {
      for (int number = 0; number < PRODUCTS; number++) {
        list(number);
      }
      WebClient client = WebClient.create("http://localhost:" + port);
      String token = token(client);
      Flux.range(0, Integer.MAX_VALUE)
          .flatMap(number -> visit(client, token, number), CUSTOMERS)
          .take(LENGTH)
          .blockLast(LENGTH.multipliedBy(2));
    } catch (RuntimeException e) {
      LOG.warn("The rehearsal broke off", e);
    }
    System.out.println("Lastunit has rehearsed");
    System.out.flush();
  }

  private void list(int number) {
    Sku sku = sku(number);
    commands
        .send(
            new PutProduct(
                sku,
                new ProductDetails(
                    "Rehearsed thing " + number,
                    "A thing for rehearsals.",
                    "Nobody",
                    "things/rehearsed",
                    new Money(100 + number, "GBP"),
                    Map.of(),
                    null)))
        .join();
    commands.send(new RecordOpeningStock(sku, new LocationId("main"), UNITS)).join();
  }

  private static Sku sku(int number) {
    return new Sku("THING-" + number % PRODUCTS);
  }

  private static String token(WebClient client) {
    return client
        .post()
        .uri("/v1/dev/tokens")
        .bodyValue(Map.of("subject", "rehearsal", "roles", new String[] {"customer"}))
        .retrieve()
        .bodyToMono(Map.class)
        .map(answer -> answer.get("token").toString())
        .block(Duration.ofSeconds(20));
  }

  /** A look at a product, a search, an order and a look at that. */
  private static Mono<Void> visit(WebClient client, String token, int number) {
    return get(client, token, "/v1/products/" + sku(number))
        .then(get(client, token, "/v1/products?q=thing&limit=10&facets=category,brand"))
        .then(
            client
                .post()
                .uri("/v1/orders")
                .headers(headers -> headers.setBearerAuth(token))
                .header("Idempotency-Key", "rehearsal-" + number)
                .header("Prefer", "wait=10")
                .contentType(MediaType.APPLICATION_JSON)
                .bodyValue(order(number))
                .retrieve()
                .bodyToMono(Map.class))
        .flatMap(order -> get(client, token, "/v1/orders/" + order.get("orderId")))
        .onErrorResume(failure -> Mono.empty());
  }

  private static Mono<Void> get(WebClient client, String token, String path) {
    return client
        .get()
        .uri(path)
        .headers(headers -> headers.setBearerAuth(token))
        .retrieve()
        .bodyToMono(byte[].class)
        .then();
  }

  private static String order(int number) {
    return """
    {"items":[{"sku":"%s","quantity":1},{"sku":"%s","quantity":2}],
     "shippingAddress":{"name":"N","line1":"1 Road","city":"London","postalCode":"N1 9GU",
       "country":"GB"},
     "payment":{"method":"card","token":"tok_ok"}}
    """
        .formatted(sku(number).value(), sku(number + 1).value());
  }
}
