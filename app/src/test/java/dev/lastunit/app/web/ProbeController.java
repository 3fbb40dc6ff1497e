package dev.lastunit.app.web;

import com.fasterxml.jackson.annotation.JsonValue;
import dev.lastunit.shared.api.Caller;
import dev.lastunit.shared.api.ErrorCode;
import dev.lastunit.shared.api.Money;
import dev.lastunit.shared.api.Problem;
import dev.lastunit.shared.api.Problem.Violation;
import dev.lastunit.shared.api.Sku;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.core.io.buffer.DataBufferUtils;
import org.springframework.dao.QueryTimeoutException;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.ResponseStatusException;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Does on demand what controllers may do. Only there in tests of the edges, though a scan of the
 * whole application may come by here.
 */
@RestController
@ConditionalOnProperty("lastunit.probe")
class ProbeController {

  enum Colour {
    DARK_RED("dark-red"),
    BLUE("blue");

    private final String text;

    Colour(String text) {
      this.text = text;
    }

    @JsonValue
    String text() {
      return text;
    }
  }

  record Line(Sku sku, int quantity) {

    Line {
      if (quantity < 0) {
        throw new IllegalArgumentException("A quantity is not negative");
      }
    }
  }

  record Owner(String name) {

    Owner {
      Objects.requireNonNull(name, "name");
    }
  }

  record Body(
      List<Line> items,
      String text,
      Long number,
      Boolean flag,
      Colour colour,
      Instant at,
      Duration ttl,
      BigDecimal amount,
      Money price,
      Owner owner,
      Map<String, Object> attributes) {}

  record Filter(Integer limit, Colour colour, Boolean inStock) {}

  @PostMapping("/probe/body")
  Mono<Body> body(@RequestBody Mono<Body> body) {
    return body;
  }

  @PutMapping("/probe/plain")
  Body plain(@RequestBody Body body) {
    return body;
  }

  @PostMapping("/probe/length")
  Mono<Long> length(ServerHttpRequest request) {
    return count(request);
  }

  @PostMapping("/v1/catalogue/imports")
  Mono<Long> imports(ServerHttpRequest request) {
    return count(request);
  }

  private static Mono<Long> count(ServerHttpRequest request) {
    return request
        .getBody()
        .map(
            buffer -> {
              long size = buffer.readableByteCount();
              DataBufferUtils.release(buffer);
              return size;
            })
        .reduce(0L, Long::sum);
  }

  @GetMapping("/probe/query")
  Filter query(Filter filter) {
    return filter;
  }

  @GetMapping("/probe/params")
  Map<String, Object> params(
      @RequestParam int limit,
      @RequestParam(name = "minPrice", required = false) Long least,
      @RequestParam(required = false) Sku sku,
      @RequestHeader(name = "Min-Event-Position", required = false) Long position) {
    return Map.of("limit", limit);
  }

  @PostMapping("/probe/keyed")
  String keyed(@RequestHeader("Idempotency-Key") String key) {
    return key;
  }

  @GetMapping("/probe/things/{id}")
  long thing(@PathVariable long id) {
    return id;
  }

  @PutMapping("/probe/things/{sku}")
  String putThing(@PathVariable Sku sku) {
    return sku.value();
  }

  @GetMapping("/probe/shortage")
  Mono<String> shortage() {
    return Mono.error(
        new Problem(
            ErrorCode.OUT_OF_STOCK,
            "Not enough of 85123A",
            List.of(),
            Map.of(
                "orderId",
                "o-1",
                "status",
                "cannot replace the standard's",
                "shortages",
                List.of(Map.of("sku", new Sku("85123A"), "requested", 6, "available", 2)))));
  }

  @GetMapping("/probe/codes/{code}")
  ResponseEntity<String> code(@PathVariable ErrorCode code) {
    throw new Problem(
        code,
        "A detail",
        List.of(new Violation("items[2].quantity", "must be positive")),
        Map.of());
  }

  @GetMapping("/probe/status/{status}")
  String status(@PathVariable int status) {
    throw new ResponseStatusException(HttpStatus.valueOf(status), "Said by hand");
  }

  @GetMapping("/probe/bug")
  Mono<String> bug() {
    return Mono.error(new IllegalStateException("secret-of-the-house in com.example.Internals"));
  }

  @GetMapping("/probe/database")
  Mono<String> databaseAway() {
    return Mono.error(new QueryTimeoutException("select secret from house"));
  }

  @PostMapping("/probe/database")
  Mono<String> databaseAwayInWrite() {
    return Mono.error(new QueryTimeoutException("insert secret into house"));
  }

  @GetMapping(path = "/probe/stream/{good}", produces = MediaType.APPLICATION_NDJSON_VALUE)
  Flux<Map<String, Object>> stream(@PathVariable int good) {
    return Flux.range(1, good)
        .<Map<String, Object>>map(i -> Map.of("n", i))
        .concatWith(Mono.error(new IllegalStateException("secret-of-the-house")));
  }

  @GetMapping(path = "/probe/sse/{good}", produces = MediaType.TEXT_EVENT_STREAM_VALUE)
  Flux<Map<String, Object>> sse(@PathVariable int good) {
    return stream(good);
  }

  @GetMapping(path = "/probe/cached")
  Mono<ResponseEntity<String>> cached(ServerWebExchange exchange) {
    exchange.getResponse().getHeaders().setETag("\"1\"");
    exchange.getResponse().getHeaders().setCacheControl("max-age=60");
    return Mono.error(Problem.notFound("product"));
  }

  @GetMapping("/probe/nulls")
  Map<String, Object> nulls() {
    Map<String, Object> answer = new LinkedHashMap<>();
    answer.put("items", List.of());
    answer.put("next", null);
    answer.put("at", Instant.parse("2026-11-23T19:04:05.123Z"));
    answer.put("ttl", Duration.ofMinutes(15));
    return answer;
  }

  @GetMapping("/v1/products/{sku}")
  Map<String, Object> anyone(@PathVariable String sku, Caller caller) {
    return describe(caller);
  }

  @GetMapping("/v1/carts/{cartId}")
  Map<String, Object> cart(
      @PathVariable String cartId, @RequestParam(required = false) Instant at, Caller caller) {
    return describe(caller);
  }

  /** In no access rule. */
  @GetMapping("/v1/forgotten/{id}")
  String forgotten(@PathVariable String id) {
    return id;
  }

  private static Map<String, Object> describe(Caller caller) {
    Map<String, Object> answer = new LinkedHashMap<>();
    answer.put("subject", caller.subject());
    String[] roles = caller.roles().toArray(String[]::new);
    Arrays.sort(roles);
    answer.put("roles", roles);
    return answer;
  }
}
