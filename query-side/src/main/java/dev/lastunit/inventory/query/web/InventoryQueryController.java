package dev.lastunit.inventory.query.web;

import dev.lastunit.inventory.query.InventoryReads;
import dev.lastunit.inventory.query.PastStock;
import dev.lastunit.inventory.query.ReservationView;
import dev.lastunit.inventory.query.StockView;
import dev.lastunit.shared.api.Caller;
import dev.lastunit.shared.api.Problem;
import dev.lastunit.shared.api.Sku;
import dev.lastunit.shared.query.store.PointInTime;
import dev.lastunit.shared.query.web.Page;
import dev.lastunit.shared.query.web.ReadParameters;
import dev.lastunit.shared.query.web.Reads;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.enums.ParameterIn;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.util.Optional;
import org.springframework.http.CacheControl;
import org.springframework.http.ResponseEntity;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RestController;
import reactor.core.publisher.Mono;

/** Stock and open reservations, for those who run the shop. */
@RestController
@Tag(name = "Inventory")
class InventoryQueryController {

  private final InventoryReads reads;
  private final PastStock past;

  InventoryQueryController(InventoryReads reads, PastStock past) {
    this.reads = reads;
    this.past = past;
  }

  @Operation(
      summary = "Shows the stock of a SKU",
      description =
          "available = onHand - reserved - safetyStock + oversellAllowance, and never below 0. For"
              + " operators and the warehouse; with at or position as it was then, rebuilt from its"
              + " events.")
  @Parameter(
      name = "at",
      in = ParameterIn.QUERY,
      description = "The state at this time",
      schema = @Schema(type = "string", format = "date-time"))
  @Parameter(
      name = "position",
      in = ParameterIn.QUERY,
      description = "The state after the event at this position of the store",
      schema = @Schema(type = "integer", format = "int64", minimum = "1"))
  @Parameter(
      name = Reads.MIN_EVENT_POSITION,
      in = ParameterIn.HEADER,
      description = "Waits until the inventory's read model has got so far")
  @GetMapping("/v1/inventory/{sku}")
  Mono<ResponseEntity<StockView>> stock(
      @PathVariable("sku") String text,
      @Parameter(hidden = true) Caller caller,
      ServerHttpRequest request) {
    ReadParameters parameters = new ReadParameters(request);
    Optional<PointInTime> point = parameters.past();
    Reads.requireForPast(caller, request, Caller.OPERATOR, Caller.WAREHOUSE);
    long minPosition = parameters.minPosition();
    parameters.check();
    Sku sku = Reads.sku(text, "SKU");
    if (point.isPresent()) {
      return past.at(sku, point.get(), minPosition).map(found -> Reads.past(found, "SKU"));
    }
    return reads
        .stock(sku, minPosition)
        .map(
            found ->
                Reads.ok(found.position())
                    .cacheControl(CacheControl.noStore())
                    .body(found.value().orElseThrow(() -> Problem.notFound("SKU"))));
  }

  @Operation(
      summary = "Lists the open reservations of a SKU",
      description = "Those that expire first in front. For operators.")
  @Parameter(
      name = "limit",
      in = ParameterIn.QUERY,
      schema = @Schema(type = "integer", minimum = "1", maximum = "100", defaultValue = "20"))
  @Parameter(name = "cursor", in = ParameterIn.QUERY, description = "next of the page before")
  @Parameter(
      name = Reads.MIN_EVENT_POSITION,
      in = ParameterIn.HEADER,
      description = "Waits until the inventory's read model has got so far")
  @GetMapping("/v1/inventory/{sku}/reservations")
  Mono<ResponseEntity<Page<ReservationView>>> reservations(
      @PathVariable("sku") String text,
      @Parameter(hidden = true) Caller caller,
      ServerHttpRequest request) {
    Reads.require(caller, Caller.OPERATOR);
    ReadParameters parameters = new ReadParameters(request);
    long minPosition = parameters.minPosition();
    int limit = parameters.limit();
    Optional<String> cursor = parameters.cursor();
    parameters.refusePast();
    parameters.check();
    Sku sku = Reads.sku(text, "SKU");
    return reads
        .reservations(sku, limit, cursor, minPosition)
        .map(
            found ->
                Reads.page(
                    request,
                    found.position(),
                    found.value().orElseThrow(() -> Problem.notFound("SKU"))));
  }
}
