package dev.lastunit.audit.query.web;

import dev.lastunit.audit.query.InvariantsAudit;
import dev.lastunit.audit.query.InvariantsAudit.Report;
import dev.lastunit.shared.api.Caller;
import dev.lastunit.shared.query.web.ReadParameters;
import dev.lastunit.shared.query.web.Reads;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.tags.Tag;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;
import reactor.core.publisher.Mono;

/** The audit of the invariants. For analysts and operators. */
@RestController
@Tag(name = "Analysts and operators")
class InvariantsController {

  private final InvariantsAudit audit;

  InvariantsController(InvariantsAudit audit) {
    this.audit = audit;
  }

  @GetMapping(path = "/v1/audit/invariants", produces = MediaType.APPLICATION_JSON_VALUE)
  @Operation(summary = "What must hold, computed from all events")
  Mono<ResponseEntity<Report>> invariants(
      @Parameter(hidden = true) Caller caller, ServerHttpRequest request) {
    Reads.require(caller, Caller.ANALYST, Caller.OPERATOR);
    ReadParameters parameters = new ReadParameters(request);
    long minPosition = parameters.minPosition();
    parameters.check();
    return audit.run(minPosition).map(report -> Reads.ok(report.position()).body(report));
  }
}
