package dev.lastunit.ledger.query.web;

import dev.lastunit.ledger.query.LedgerLine;
import dev.lastunit.ledger.query.LedgerReads;
import dev.lastunit.ledger.query.TrialBalance;
import dev.lastunit.shared.api.Caller;
import dev.lastunit.shared.api.OrderId;
import dev.lastunit.shared.query.web.Page;
import dev.lastunit.shared.query.web.ReadParameters;
import dev.lastunit.shared.query.web.Reads;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.util.Optional;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;
import reactor.core.publisher.Mono;

/** The ledger. For analysts. */
@RestController
@Tag(name = "Analysts and operators")
class LedgerController {

  private static final int LONGEST_ORDER = 160;

  private final LedgerReads reads;

  LedgerController(LedgerReads reads) {
    this.reads = reads;
  }

  @GetMapping(path = "/v1/audit/ledger", produces = MediaType.APPLICATION_JSON_VALUE)
  @Operation(
      summary = "Double-entry lines, oldest first",
      description =
          "orderId: all lines of this order; without it all lines, by limit and cursor. Amounts are"
              + " minor units; a line has a debit or a credit, and the lines of an event are"
              + " balanced.")
  Mono<ResponseEntity<Page<LedgerLine>>> lines(
      @Parameter(hidden = true) Caller caller, ServerHttpRequest request) {
    Reads.require(caller, Caller.ANALYST);
    ReadParameters parameters = new ReadParameters(request);
    long minPosition = parameters.minPosition();
    Optional<String> order = parameters.text("orderId", LONGEST_ORDER);
    int limit = parameters.limit();
    String cursor = parameters.cursor().orElse(null);
    parameters.check();
    return order
        .map(id -> reads.ofOrder(new OrderId(id), minPosition))
        .orElseGet(() -> reads.all(cursor, limit, minPosition))
        .map(found -> Reads.page(request, found.position(), found.value()));
  }

  @GetMapping(path = "/v1/audit/ledger/balance", produces = MediaType.APPLICATION_JSON_VALUE)
  @Operation(
      summary = "The trial balance, by account and currency",
      description =
          "balanced: debits and credits are the same in every currency. clearing: payments that the"
              + " provider holds money for and has neither taken nor let go; overdue after"
              + " lastunit.audit.settle-time. Adds up every line at each call.")
  Mono<ResponseEntity<TrialBalance>> balance(
      @Parameter(hidden = true) Caller caller, ServerHttpRequest request) {
    Reads.require(caller, Caller.ANALYST);
    ReadParameters parameters = new ReadParameters(request);
    long minPosition = parameters.minPosition();
    parameters.check();
    return reads
        .trialBalance(minPosition)
        .map(found -> Reads.ok(found.position()).body(found.value()));
  }
}
