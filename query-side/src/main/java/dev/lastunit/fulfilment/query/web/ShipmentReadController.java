package dev.lastunit.fulfilment.query.web;

import dev.lastunit.fulfilment.api.ShipmentStatus;
import dev.lastunit.fulfilment.query.ShipmentReads;
import dev.lastunit.fulfilment.query.ShipmentView;
import dev.lastunit.shared.api.Caller;
import dev.lastunit.shared.query.web.Page;
import dev.lastunit.shared.query.web.ReadParameters;
import dev.lastunit.shared.query.web.Reads;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.enums.ParameterIn;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.util.Arrays;
import java.util.Map;
import java.util.stream.Collectors;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;
import reactor.core.publisher.Mono;

/** The warehouse's list of shipments. For the warehouse. */
@RestController
@Tag(name = "Fulfilment")
class ShipmentReadController {

  private static final Map<String, ShipmentStatus> STATUSES =
      Arrays.stream(ShipmentStatus.values())
          .collect(Collectors.toUnmodifiableMap(ShipmentStatus::text, status -> status));

  private final ShipmentReads reads;

  ShipmentReadController(ShipmentReads reads) {
    this.reads = reads;
  }

  @GetMapping(path = "/v1/shipments", produces = MediaType.APPLICATION_JSON_VALUE)
  @Operation(summary = "Shipments, the latest first")
  @Parameter(name = "limit", in = ParameterIn.QUERY, description = "1 to 100, default 20")
  @Parameter(name = "cursor", in = ParameterIn.QUERY, description = "next of the page before")
  @Parameter(name = "status", in = ParameterIn.QUERY, description = "Shipments of this status")
  Mono<ResponseEntity<Page<ShipmentView>>> shipments(
      @Parameter(hidden = true) Caller caller, ServerHttpRequest request) {
    Reads.require(caller, Caller.WAREHOUSE);
    ReadParameters parameters = new ReadParameters(request);
    long minPosition = parameters.minPosition();
    int limit = parameters.limit();
    ShipmentStatus status = parameters.choice("status", STATUSES).orElse(null);
    String cursor = parameters.cursor().orElse(null);
    parameters.check();
    return reads
        .list(status, limit, cursor, minPosition)
        .map(found -> Reads.page(request, found.position(), found.page()));
  }
}
