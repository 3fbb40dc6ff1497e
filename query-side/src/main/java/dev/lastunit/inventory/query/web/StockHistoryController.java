package dev.lastunit.inventory.query.web;

import dev.lastunit.inventory.query.PastStock;
import dev.lastunit.shared.api.Caller;
import dev.lastunit.shared.api.Problem;
import dev.lastunit.shared.api.Sku;
import dev.lastunit.shared.query.store.HistoryStep;
import dev.lastunit.shared.query.web.Cursor;
import dev.lastunit.shared.query.web.Page;
import dev.lastunit.shared.query.web.ReadParameters;
import dev.lastunit.shared.query.web.Reads;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.enums.ParameterIn;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.tags.Tag;
import org.springframework.http.ResponseEntity;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RestController;
import reactor.core.publisher.Mono;

/** What happened to the stock of a SKU, for those who run the shop and for analysts. */
@RestController
@Tag(name = "Inventory")
class StockHistoryController {

  private static final String CURSOR = "stock-history";

  private final PastStock past;

  StockHistoryController(PastStock past) {
    this.past = past;
  }

  @Operation(
      summary = "What happened to the stock of a SKU",
      description =
          "Oldest first: who, what, when, at which position, and by how much units on hand,"
              + " reserved and sold changed.")
  @Parameter(
      name = "limit",
      in = ParameterIn.QUERY,
      schema = @Schema(type = "integer", minimum = "1", maximum = "100", defaultValue = "20"))
  @Parameter(name = "cursor", in = ParameterIn.QUERY, description = "next of the page before")
  @GetMapping("/v1/inventory/{sku}/history")
  Mono<ResponseEntity<Page<HistoryStep>>> history(
      @PathVariable("sku") String text,
      @Parameter(hidden = true) Caller caller,
      ServerHttpRequest request) {
    Reads.require(caller, Caller.OPERATOR, Caller.WAREHOUSE, Caller.ANALYST);
    ReadParameters parameters = new ReadParameters(request);
    long minPosition = parameters.minPosition();
    int limit = parameters.limit();
    long after =
        parameters.cursor().map(cursor -> Cursor.read(cursor, CURSOR, 1).number(0)).orElse(0L);
    parameters.refusePast();
    parameters.check();
    Sku sku = Reads.sku(text, "SKU");
    return past.history(sku, after, limit, minPosition, caller.is(Caller.OPERATOR))
        .map(
            found -> {
              if (found.value().isEmpty() && after == 0) {
                throw Problem.notFound("SKU");
              }
              return Reads.page(
                  request,
                  found.position(),
                  Page.of(found.value(), limit, last -> Cursor.of(CURSOR, last.position()).text()));
            });
  }
}
