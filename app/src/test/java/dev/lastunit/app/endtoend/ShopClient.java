package dev.lastunit.app.endtoend;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** One user of the shop's HTTP API. Thread-safe; calls block. */
final class ShopClient {

  static final JsonMapper JSON = JsonMapper.builder().build();

  private static final HttpClient HTTP =
      HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1)
          .connectTimeout(Duration.ofSeconds(5))
          .build();

  private final AtomicLong seen = new AtomicLong();
  private final String base;
  private final String token;

  private ShopClient(String base, String token) {
    this.base = base;
    this.token = token;
  }

  /**
   * An answer.
   *
   * @param body null when there is none
   */
  record Answer(int status, Map<String, List<String>> headers, JsonNode body, String text) {

    String header(String name) {
      return headers.entrySet().stream()
          .filter(entry -> entry.getKey().equalsIgnoreCase(name))
          .map(entry -> entry.getValue().getFirst())
          .findFirst()
          .orElse(null);
    }

    long position() {
      return Long.parseLong(header("Event-Position"));
    }

    Answer expect(int expected) {
      if (status != expected) {
        throw new AssertionError("expected " + expected + ", got " + status + ": " + text);
      }
      return this;
    }
  }

  static ShopClient anonymous(String base) {
    return new ShopClient(base, null);
  }

  /** A client with a token for some subject and roles, from the development tokens. */
  static ShopClient of(String base, String subject, String... roles) {
    Answer answer =
        anonymous(base)
            .post("/v1/dev/tokens", Map.of("subject", subject, "roles", List.of(roles)))
            .expect(201);
    return new ShopClient(base, answer.body().get("token").asString());
  }

  static ShopClient guest(String base) {
    Answer answer = anonymous(base).send("POST", "/v1/sessions", null, null).expect(201);
    return new ShopClient(base, answer.body().get("token").asString());
  }

  /**
   * The highest position that an answer has told this client. Models are written one by one: who
   * reads another one next, and must not see it earlier, asks for this position.
   */
  long seen() {
    return seen.get();
  }

  String base() {
    return base;
  }

  Answer get(String path, String... headers) {
    return send("GET", path, null, null, headers);
  }

  Answer post(String path, Object body, String... headers) {
    return send("POST", path, JSON.writeValueAsString(body), "application/json", headers);
  }

  Answer put(String path, Object body, String... headers) {
    return send("PUT", path, JSON.writeValueAsString(body), "application/json", headers);
  }

  Answer delete(String path, String... headers) {
    return send("DELETE", path, null, null, headers);
  }

  Answer send(String method, String path, String body, String contentType, String... headers) {
    HttpRequest.Builder request = request(path, headers);
    if (contentType != null) {
      request.header("Content-Type", contentType);
    }
    request.method(
        method,
        body == null
            ? HttpRequest.BodyPublishers.noBody()
            : HttpRequest.BodyPublishers.ofString(body));
    try {
      HttpResponse<String> response =
          HTTP.send(request.build(), HttpResponse.BodyHandlers.ofString());
      String text = response.body();
      String type = response.headers().firstValue("Content-Type").orElse("");
      JsonNode json =
          type.contains("json") && !text.isEmpty() && !type.contains("ndjson")
              ? JSON.readTree(text)
              : null;
      response
          .headers()
          .firstValueAsLong("Event-Position")
          .ifPresent(position -> seen.accumulateAndGet(position, Math::max));
      return new Answer(response.statusCode(), response.headers().map(), json, text);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  /** Sends a file as it is, and answers when all of it has been received. */
  Answer upload(String path, Path file, String contentType) {
    try {
      HttpResponse<String> response =
          HTTP.send(
              request(path)
                  .header("Content-Type", contentType)
                  .POST(HttpRequest.BodyPublishers.ofFile(file))
                  .build(),
              HttpResponse.BodyHandlers.ofString());
      String text = response.body();
      return new Answer(response.statusCode(), response.headers().map(), JSON.readTree(text), text);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  private HttpRequest.Builder request(String path, String... headers) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(base + path)).timeout(Duration.ofSeconds(60));
    if (token != null) {
      request.header("Authorization", "Bearer " + token);
    }
    if (headers.length > 0) {
      request.headers(headers);
    }
    return request;
  }

  /** Reads a stream to its end, at most for 60 s. */
  String stream(String path, String... headers) {
    return send("GET", path, null, null, headers).expect(200).text();
  }

  static String newKey() {
    return UUID.randomUUID().toString();
  }

  static String encode(String part) {
    return URLEncoder.encode(part, StandardCharsets.UTF_8).replace("+", "%20");
  }

  /** The bearer token that it sends; null when it sends none. */
  String token() {
    return token;
  }

  /** The body of an order with a card token and an address of our own making. */
  static Map<String, Object> orderBody(Map<String, Integer> units, String paymentToken) {
    return Map.of(
        "items",
            units.entrySet().stream()
                .map(unit -> Map.of("sku", unit.getKey(), "quantity", unit.getValue()))
                .collect(Collectors.toList()),
        "shippingAddress",
            Map.of(
                "name", "Ada Buyer",
                "line1", "1 Test Street",
                "city", "London",
                "postalCode", "N1 9GU",
                "country", "GB"),
        "payment", Map.of("method", "card", "token", paymentToken));
  }

  Answer order(String key, Map<String, Integer> units, String paymentToken, int waitSeconds) {
    return post(
        "/v1/orders",
        orderBody(units, paymentToken),
        "Idempotency-Key",
        key,
        "Prefer",
        "wait=" + waitSeconds);
  }

  /**
   * Lists a product and receives stock for it; answers the position after which both can be read.
   */
  long offer(String sku, long priceMinorUnits, int units) {
    put(
            "/v1/products/" + encode(sku),
            Map.of(
                "name", "Product " + sku,
                "description", "Made for a test",
                "brand", "Test",
                "category", "tests/things",
                "price", Map.of("amount", priceMinorUnits, "currency", "GBP")))
        .expect(201);
    return receive(sku, units);
  }

  long receive(String sku, int units) {
    return post(
            "/v1/inventory/" + encode(sku) + "/receipts",
            Map.of("location", "main", "quantity", units))
        .expect(201)
        .position();
  }

  JsonNode stock(String sku, long minPosition) {
    return get("/v1/inventory/" + encode(sku), "Min-Event-Position", Long.toString(minPosition))
        .expect(200)
        .body();
  }

  /** Reads an order until it has the status, at most for the given time. */
  JsonNode awaitOrder(String orderId, String status, Duration patience) {
    long deadline = System.nanoTime() + patience.toNanos();
    JsonNode order;
    do {
      order = get("/v1/orders/" + orderId).expect(200).body();
      if (status.equals(order.get("status").asString())) {
        return order;
      }
      sleep(50);
    } while (System.nanoTime() < deadline);
    throw new AssertionError("order " + orderId + " is not " + status + " but " + order);
  }

  /** Reads an order until it is confirmed or has come to nothing, at most for the given time. */
  JsonNode awaitDecision(String orderId, Duration patience) {
    long deadline = System.nanoTime() + patience.toNanos();
    JsonNode order;
    do {
      order = get("/v1/orders/" + orderId).expect(200).body();
      if (!order.get("status").asString().matches("placed|reserved")) {
        return order;
      }
      sleep(50);
    } while (System.nanoTime() < deadline);
    throw new AssertionError("order " + orderId + " is not decided: " + order);
  }

  /** The charges that the payment provider knows for an order. */
  List<JsonNode> charges(String orderId) {
    JsonNode items =
        anonymous(base)
            .get("/simulator/v1/charges?reference=" + encode(orderId))
            .expect(200)
            .body()
            .get("items");
    return items.valueStream().toList();
  }

  static void sleep(long millis) {
    try {
      Thread.sleep(millis);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }
}
