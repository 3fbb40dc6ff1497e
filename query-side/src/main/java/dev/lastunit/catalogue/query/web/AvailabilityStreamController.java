package dev.lastunit.catalogue.query.web;

import dev.lastunit.catalogue.query.AvailabilityFeed;
import dev.lastunit.catalogue.query.ProductPages;
import dev.lastunit.shared.api.Problem;
import dev.lastunit.shared.api.Sku;
import dev.lastunit.shared.query.web.LastEventId;
import dev.lastunit.shared.query.web.ReadParameters;
import dev.lastunit.shared.query.web.Reads;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.enums.ParameterIn;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.util.LinkedHashSet;
import java.util.SequencedSet;
import java.util.Set;
import org.springframework.core.io.buffer.DataBufferFactory;
import org.springframework.http.CacheControl;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RestController;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** What of products can be had, now and whenever it changes. For anyone. */
@RestController
@Tag(name = "Catalogue")
class AvailabilityStreamController {

  private static final int MOST_SKUS = 100;
  private static final int LONGEST_SKU = 200;

  private final ProductPages pages;
  private final AvailabilityFeed feed;

  AvailabilityStreamController(ProductPages pages, AvailabilityFeed feed) {
    this.pages = pages;
    this.feed = feed;
  }

  @Operation(
      summary = "Follows what of a product can be had",
      description =
          "Server-sent events named availability: the present value first, then every change. A"
              + " reader that is slower than the stock gets the latest value and not each in"
              + " between. After a break send the last id back in Last-Event-ID: the first value"
              + " is then at least as new. A comment every 10 s keeps the connection; the stream"
              + " ends when the product is delisted.")
  @Parameter(
      name = Reads.MIN_EVENT_POSITION,
      in = ParameterIn.HEADER,
      description = "The first value waits until the catalogue has got so far")
  @GetMapping(
      path = "/v1/products/{sku}/availability/events",
      produces = MediaType.TEXT_EVENT_STREAM_VALUE)
  Mono<Void> follow(
      @PathVariable("sku") String text, ServerHttpRequest request, ServerHttpResponse response) {
    ReadParameters parameters = new ReadParameters(request);
    long from = Math.max(parameters.minPosition(), LastEventId.of(request, 0));
    parameters.check();
    Sku sku = Reads.sku(text, "product");
    return pages
        .find(sku, from)
        .flatMap(
            shown -> {
              if (shown.page() == null) {
                throw Problem.notFound("product");
              }
              return write(response, feed.follow(Set.of(sku), from, true));
            });
  }

  @Operation(
      summary = "Follows what of some products can be had",
      description =
          "The same for up to 100 products in one stream, as for the lines of a cart. A product"
              + " that is not listed, or not any more, is told by an event named delisted with its"
              + " sku; the stream goes on.")
  @Parameter(
      name = "sku",
      in = ParameterIn.QUERY,
      required = true,
      description = "Repeated, 1 to 100 different ones")
  @Parameter(
      name = Reads.MIN_EVENT_POSITION,
      in = ParameterIn.HEADER,
      description = "The first values wait until the catalogue has got so far")
  @GetMapping(
      path = "/v1/products/availability/events",
      produces = MediaType.TEXT_EVENT_STREAM_VALUE)
  Mono<Void> followSome(ServerHttpRequest request, ServerHttpResponse response) {
    ReadParameters parameters = new ReadParameters(request);
    long from = Math.max(parameters.minPosition(), LastEventId.of(request, 0));
    SequencedSet<Sku> skus = new LinkedHashSet<>();
    for (String text : parameters.texts("sku", MOST_SKUS, LONGEST_SKU)) {
      if (Sku.isValid(text)) {
        skus.add(new Sku(text));
      } else {
        parameters.refuse("sku", "'" + text + "' is no SKU");
      }
    }
    if (skus.isEmpty()) {
      parameters.refuse("sku", "give 1 to " + MOST_SKUS + " of them");
    }
    parameters.check();
    // Before the stream begins: where the model cannot get that far, there is still an answer for
    // it.
    return pages
        .find(skus.getFirst(), from)
        .flatMap(reached -> write(response, feed.follow(skus, from, false)));
  }

  /** Each message is sent at once. */
  private static Mono<Void> write(ServerHttpResponse response, Flux<byte[]> messages) {
    HttpHeaders headers = response.getHeaders();
    response.setStatusCode(HttpStatus.OK);
    headers.setContentType(MediaType.TEXT_EVENT_STREAM);
    headers.setCacheControl(CacheControl.noStore());
    DataBufferFactory buffers = response.bufferFactory();
    return response.writeAndFlushWith(messages.map(message -> Mono.just(buffers.wrap(message))));
  }
}
