package dev.lastunit.bench.baseline;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import java.net.URI;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.server.reactive.ReactorHttpHandlerAdapter;
import org.springframework.web.reactive.function.server.RouterFunctions;
import org.springframework.web.reactive.function.server.ServerRequest;
import org.springframework.web.reactive.function.server.ServerResponse;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;
import reactor.netty.http.server.HttpServer;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * A shop without events behind HTTP, on the same web stack: takes the orders that the service takes
 * and answers as it does, in one SQL transaction. It pays no provider, checks no token and keeps no
 * history, so it does less than the service.
 *
 * <p>JDBC on as many connections as threads, both bounded; the event loop never blocks.
 */
public final class ClassicShop {

  private static final int CONNECTIONS = 16;
  private static final int MOST_WAITING = 10_000;
  private static final String CURRENCY = "GBP";
  private static final JsonMapper JSON = JsonMapper.builder().build();

  private final ClassicOrders orders;
  private final Scheduler blocking =
      Schedulers.newBoundedElastic(CONNECTIONS, MOST_WAITING, "jdbc");

  private ClassicShop(ClassicOrders orders) {
    this.orders = orders;
  }

  /**
   * Serves until it is killed. The password is in the environment, as {@code PGPASSWORD}.
   *
   * @param arguments port, JDBC address, user
   */
  public static void main(String[] arguments) throws Exception {
    HikariConfig config = new HikariConfig();
    config.setJdbcUrl(arguments[1]);
    config.setUsername(arguments[2]);
    config.setPassword(System.getenv("PGPASSWORD"));
    config.setMaximumPoolSize(CONNECTIONS);
    config.addDataSourceProperty("reWriteBatchedInserts", "true");
    try (HikariDataSource pool = new HikariDataSource(config)) {
      ClassicShop shop = new ClassicShop(new ClassicOrders(pool));
      var routes =
          RouterFunctions.route()
              .POST("/v1/orders", shop::order)
              .GET("/v1/products/{sku}", shop::product)
              .build();
      HttpServer.create()
          .host("127.0.0.1")
          .port(Integer.parseInt(arguments[0]))
          .handle(new ReactorHttpHandlerAdapter(RouterFunctions.toHttpHandler(routes)))
          .bindNow()
          .onDispose()
          .block();
    }
  }

  private Mono<ServerResponse> order(ServerRequest request) {
    String key = request.headers().firstHeader("Idempotency-Key");
    if (key == null) {
      return ServerResponse.badRequest().build();
    }
    return request
        .bodyToMono(byte[].class)
        .flatMap(body -> blocking(() -> place(key, JSON.readTree(body))))
        .flatMap(
            placed ->
                placed.isPresent()
                    ? created(placed.get())
                    : ServerResponse.status(HttpStatus.CONFLICT).build());
  }

  private Optional<ClassicOrders.Order> place(String key, JsonNode body) throws Exception {
    List<ClassicOrders.Line> lines =
        body.get("items")
            .valueStream()
            .map(
                item ->
                    new ClassicOrders.Line(
                        item.get("sku").asString(), item.get("quantity").asInt()))
            .toList();
    return orders.place(key, body.get("shippingAddress").toString(), lines);
  }

  private static Mono<ServerResponse> created(ClassicOrders.Order order) {
    ServerResponse.BodyBuilder answer =
        ServerResponse.created(URI.create("/v1/orders/" + order.id()));
    if (order.replayed()) {
      answer.header("Idempotency-Replayed", "true");
    }
    return json(answer, body(order));
  }

  private static ObjectNode body(ClassicOrders.Order order) {
    ObjectNode body = JSON.createObjectNode();
    String at = order.placedAt().toString();
    body.put("orderId", Long.toString(order.id()));
    body.put("customerId", "bench-buyer");
    body.put("status", "confirmed");
    ArrayNode items = body.putArray("items");
    for (ClassicOrders.Sold line : order.lines()) {
      ObjectNode item = items.addObject();
      item.put("sku", line.sku());
      item.put("name", line.name());
      item.put("quantity", line.quantity());
      money(item.putObject("unitPrice"), line.unitPence());
      money(item.putObject("lineTotal"), line.pence());
    }
    money(body.putObject("total"), order.pence());
    body.put("placedAt", at);
    body.putArray("shipments");
    body.putArray("shortages");
    ArrayNode timeline = body.putArray("timeline");
    for (String type : List.of("OrderPlaced", "OrderConfirmed")) {
      timeline.addObject().put("type", type).put("at", at).put("position", order.id());
    }
    return body;
  }

  private Mono<ServerResponse> product(ServerRequest request) {
    return blocking(() -> orders.product(request.pathVariable("sku")))
        .flatMap(
            page ->
                page.isPresent()
                    ? json(ServerResponse.ok(), body(page.get()))
                    : ServerResponse.notFound().build());
  }

  private static ObjectNode body(ClassicOrders.Page page) {
    ObjectNode body = JSON.createObjectNode();
    body.put("sku", page.sku());
    body.put("name", page.name());
    body.put("description", page.description());
    body.put("brand", page.brand());
    body.put("category", page.category());
    money(body.putObject("price"), page.pence());
    body.putObject("attributes");
    body.putNull("imageUrl");
    body.putObject("availability")
        .put("status", page.available() > 0 ? "in-stock" : "out")
        .put("available", page.available());
    return body;
  }

  private static void money(ObjectNode node, long pence) {
    node.put("amount", pence).put("currency", CURRENCY);
  }

  private static Mono<ServerResponse> json(ServerResponse.BodyBuilder answer, ObjectNode body) {
    return answer.contentType(MediaType.APPLICATION_JSON).bodyValue(JSON.writeValueAsBytes(body));
  }

  private <T> Mono<T> blocking(Callable<T> work) {
    return Mono.fromCallable(work).subscribeOn(blocking);
  }
}
