package dev.lastunit.ordering.query.web;

import dev.lastunit.ordering.query.PastOrders;
import dev.lastunit.shared.api.Caller;
import dev.lastunit.shared.api.OrderId;
import dev.lastunit.shared.api.Problem;
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

/**
 * What happened to an order, its payment and its shipments, for operators and analysts. Its buyer
 * has the order's timeline.
 */
@RestController
@Tag(name = "Orders")
class OrderHistoryController {

  private static final String CURSOR = "order-history";

  private final PastOrders past;

  OrderHistoryController(PastOrders past) {
    this.past = past;
  }

  @Operation(
      summary = "What happened to an order, its payment and its shipments",
      description =
          "Oldest first: who, what, when and at which position. Personal data are *** unless the"
              + " caller is an operator.")
  @Parameter(
      name = "limit",
      in = ParameterIn.QUERY,
      schema = @Schema(type = "integer", minimum = "1", maximum = "100", defaultValue = "20"))
  @Parameter(name = "cursor", in = ParameterIn.QUERY, description = "next of the page before")
  @GetMapping("/v1/orders/{orderId}/history")
  Mono<ResponseEntity<Page<HistoryStep>>> history(
      @PathVariable("orderId") String orderId,
      @Parameter(hidden = true) Caller caller,
      ServerHttpRequest request) {
    Reads.require(caller, Caller.OPERATOR, Caller.ANALYST);
    ReadParameters parameters = new ReadParameters(request);
    long minPosition = parameters.minPosition();
    int limit = parameters.limit();
    long after =
        parameters.cursor().map(cursor -> Cursor.read(cursor, CURSOR, 1).number(0)).orElse(0L);
    parameters.refusePast();
    parameters.check();
    OrderId id = OrderReadController.id(orderId);
    return past.history(id, after, limit, minPosition, caller.is(Caller.OPERATOR))
        .map(
            found -> {
              if (found.value() == null) {
                throw Problem.notFound("order");
              }
              return Reads.page(
                  request,
                  found.position(),
                  Page.of(found.value(), limit, last -> Cursor.of(CURSOR, last.position()).text()));
            });
  }
}
