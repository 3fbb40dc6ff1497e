package dev.lastunit.catalogue.query.web;

import dev.lastunit.catalogue.query.Availability;
import dev.lastunit.catalogue.query.CatalogueReads;
import dev.lastunit.catalogue.query.CatalogueReads.Found;
import dev.lastunit.catalogue.query.ProductView;
import dev.lastunit.inventory.api.StockCommand;
import dev.lastunit.shared.api.LiveEvents;
import dev.lastunit.shared.api.Problem;
import dev.lastunit.shared.api.Sku;
import dev.lastunit.shared.query.web.ReadParameters;
import dev.lastunit.shared.query.web.Reads;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.enums.ParameterIn;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.time.Duration;
import java.util.List;
import org.springframework.http.CacheControl;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.http.codec.ServerSentEvent;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RestController;
import reactor.core.publisher.Flux;
import reactor.core.publisher.FluxSink;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.util.retry.Retry;

/** What of a product can be had, now and whenever it changes. For anyone. */
@RestController
@Tag(name = "Catalogue")
class AvailabilityStreamController {

  /** The contract promises 15 s; a late tick must not break it. */
  private static final Duration HEARTBEAT = Duration.ofSeconds(10);

  private final CatalogueReads reads;
  private final LiveEvents live;

  AvailabilityStreamController(CatalogueReads reads, LiveEvents live) {
    this.reads = reads;
    this.live = live;
  }

  /**
   * What can be had at a position.
   *
   * @param status {@code in-stock}, {@code low} or {@code out}
   */
  record AvailabilityChange(String sku, String status, int available, long position) {}

  /** A product's availability, and how far the model was that said so. */
  private record Seen(Availability availability, long position) {}

  @Operation(
      summary = "Follows what of a product can be had",
      description =
          "Server-sent events named availability: the present value first, then every change. A"
              + " reader that is slower than the stock gets the latest value and not each in"
              + " between. A comment every 10 s keeps the connection; the stream ends when the"
              + " product is delisted.")
  @Parameter(
      name = Reads.MIN_EVENT_POSITION,
      in = ParameterIn.HEADER,
      description = "The first value waits until the catalogue has got so far")
  @GetMapping(
      path = "/v1/products/{sku}/availability/events",
      produces = MediaType.TEXT_EVENT_STREAM_VALUE)
  Mono<ResponseEntity<Flux<ServerSentEvent<AvailabilityChange>>>> follow(
      @PathVariable("sku") String text, ServerHttpRequest request) {
    ReadParameters parameters = new ReadParameters(request);
    long minPosition = parameters.minPosition();
    parameters.check();
    Sku sku = Reads.sku(text, "product");
    return reads
        .product(sku, minPosition)
        .map(
            found -> {
              if (found.value() == null) {
                throw Problem.notFound("product");
              }
              return Reads.ok(found.position())
                  .contentType(MediaType.TEXT_EVENT_STREAM)
                  .cacheControl(CacheControl.noStore())
                  .body(stream(sku, minPosition));
            });
  }

  private Flux<ServerSentEvent<AvailabilityChange>> stream(Sku sku, long minPosition) {
    return Flux.defer(
        () -> {
          Sinks.Empty<Void> ended = Sinks.empty();
          Flux<ServerSentEvent<AvailabilityChange>> changes =
              changes(sku, minPosition).doOnTerminate(ended::tryEmitEmpty);
          Flux<ServerSentEvent<AvailabilityChange>> heartbeat =
              Flux.interval(HEARTBEAT)
                  .onBackpressureDrop()
                  .map(
                      tick ->
                          ServerSentEvent.<AvailabilityChange>builder().comment("alive").build())
                  .takeUntilOther(ended.asMono());
          return Flux.merge(1, changes, heartbeat);
        });
  }

  private Flux<ServerSentEvent<AvailabilityChange>> changes(Sku sku, long minPosition) {
    // Only the latest position waits for a slow reader, and what is read for it is the latest too.
    return Flux.<Long>create(
            sink -> watch(sku, minPosition, sink), FluxSink.OverflowStrategy.LATEST)
        .concatMap(position -> read(sku, position), 0)
        .takeUntil(found -> found.value() == null)
        .filter(found -> found.value() != null)
        .map(found -> new Seen(found.value().availability(), found.position()))
        .distinctUntilChanged(Seen::availability)
        .map(seen -> event(sku, seen));
  }

  /** Watches before the first read, so that no change falls between the two. */
  private void watch(Sku sku, long minPosition, FluxSink<Long> sink) {
    LiveEvents.Watch watch =
        live.watch(
            List.of(StockCommand.streamOf(sku), "product-" + sku.value()),
            event -> sink.next(event.position()));
    sink.onDispose(watch::close);
    sink.next(minPosition);
  }

  /** Keeps waiting when the model is slow to get there: the stream tells it when it has. */
  private Mono<Found<ProductView>> read(Sku sku, long position) {
    return reads
        .product(sku, position)
        .retryWhen(Retry.indefinitely().filter(Problem.class::isInstance));
  }

  private static ServerSentEvent<AvailabilityChange> event(Sku sku, Seen seen) {
    return ServerSentEvent.<AvailabilityChange>builder()
        .id(Long.toString(seen.position()))
        .event("availability")
        .data(
            new AvailabilityChange(
                sku.value(),
                seen.availability().status(),
                seen.availability().available(),
                seen.position()))
        .build();
  }
}
