package dev.lastunit.process.reconciliation.web;

import dev.lastunit.operations.api.ReconciliationId;
import dev.lastunit.process.engine.OnSagaRole;
import dev.lastunit.process.operator.OperatorDecisions;
import dev.lastunit.process.reconciliation.ReconciliationSettings;
import dev.lastunit.process.reconciliation.Reconciliations;
import dev.lastunit.process.reconciliation.Reconciliations.RunView;
import dev.lastunit.shared.api.Caller;
import dev.lastunit.shared.api.ErrorCode;
import dev.lastunit.shared.api.Problem;
import dev.lastunit.shared.api.Problem.Violation;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.Callable;
import org.springframework.context.annotation.Conditional;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.util.UriComponentsBuilder;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/** The runs of reconciliation and what they found. */
@RestController
@Conditional(OnSagaRole.class)
@RequestMapping("/v1/audit/reconciliations")
@Tag(name = "Analysts and operators")
class ReconciliationController {

  private static final int DEFAULT_LIMIT = 20;
  private static final int MOST = 100;

  private final Reconciliations reconciliations;
  private final OperatorDecisions decisions;
  private final ReconciliationSettings settings;
  private final Clock clock;

  ReconciliationController(
      Reconciliations reconciliations,
      OperatorDecisions decisions,
      ReconciliationSettings settings,
      Clock clock) {
    this.reconciliations = reconciliations;
    this.decisions = decisions;
    this.settings = settings;
    this.clock = clock;
  }

  /**
   * A page of runs.
   *
   * @param next cursor of the next page; null on the last
   */
  record Page(List<RunView> items, String next) {}

  /**
   * What is to be compared.
   *
   * @param from charges and payments made then or later; by default a lookback before {@code to}
   * @param to and before this, not in the future; by default now
   */
  record Wanted(Instant from, Instant to) {}

  @GetMapping
  @Operation(
      summary = "Runs of reconciliation with what they found, the latest first",
      description =
          "For operators and analysts. A difference has a kind, an owner (service while it is being"
              + " mended, operators once it is parked) and a deadline; parked ones are retried and"
              + " abandoned under /v1/parked.")
  Mono<ResponseEntity<Page>> list(
      @Parameter(hidden = true) Caller caller,
      @RequestParam(defaultValue = "" + DEFAULT_LIMIT) int limit,
      @RequestParam(required = false) String cursor) {
    require(caller, Caller.OPERATOR, Caller.ANALYST);
    if (limit < 1 || limit > MOST) {
      throw Problem.invalid(
          ErrorCode.INVALID_FIELD, List.of(new Violation("limit", "must be 1 to " + MOST)));
    }
    Place place = cursor == null ? new Place(null, null) : Place.of(cursor);
    return blocking(() -> reconciliations.list(place.at(), place.runId(), limit + 1))
        .map(
            rows -> {
              boolean more = rows.size() > limit;
              List<RunView> items = more ? rows.subList(0, limit) : rows;
              String next = more ? Place.after(items.getLast()).cursor() : null;
              var response = ResponseEntity.ok();
              if (more) {
                response.header(
                    "Link",
                    "<"
                        + UriComponentsBuilder.fromPath("/v1/audit/reconciliations")
                            .queryParam("limit", limit)
                            .queryParam("cursor", next)
                            .toUriString()
                        + ">; rel=\"next\"");
              }
              return response.body(new Page(items, next));
            });
  }

  @PostMapping
  @Operation(
      summary = "Compare the provider's charges of a time with our payments",
      description =
          "For operators. 202 with the run; 409 while another is under way. Without from, a"
              + " lookback (lastunit.reconciliation.lookback) before to; without to, up to now.")
  Mono<ResponseEntity<RunView>> start(
      @Parameter(hidden = true) Caller caller, @RequestBody(required = false) Wanted wanted) {
    require(caller, Caller.OPERATOR);
    Instant now = clock.instant();
    Instant to = wanted == null || wanted.to() == null ? now : wanted.to();
    Instant from =
        wanted == null || wanted.from() == null ? to.minus(settings.lookback()) : wanted.from();
    check(from, to, now);
    return blocking(
            () -> {
              reconciliations.requireNoneUnderWay();
              return reconciliations.newName();
            })
        .flatMap(
            name ->
                Mono.fromFuture(
                        () ->
                            decisions.reconcile(
                                new ReconciliationId(name), from, to, caller.subject()))
                    .flatMap(
                        position ->
                            blocking(
                                    () ->
                                        reconciliations.begin(
                                            name, caller.subject().value(), from, to))
                                .map(
                                    run ->
                                        ResponseEntity.status(HttpStatus.ACCEPTED)
                                            .header("Event-Position", Long.toString(position))
                                            .body(run))));
  }

  private static void check(Instant from, Instant to, Instant now) {
    List<Violation> violations = new ArrayList<>();
    if (to.isAfter(now)) {
      violations.add(new Violation("to", "must not be in the future"));
    }
    if (!from.isBefore(to)) {
      violations.add(new Violation("from", "must be before to"));
    } else if (from.isBefore(Instant.EPOCH)) {
      violations.add(new Violation("from", "must not be before 1970"));
    }
    if (!violations.isEmpty()) {
      throw Problem.invalid(ErrorCode.INVALID_FIELD, violations);
    }
  }

  private static <T> Mono<T> blocking(Callable<T> work) {
    return Mono.fromCallable(work).subscribeOn(Schedulers.boundedElastic());
  }

  private static void require(Caller caller, String... roles) {
    for (String role : roles) {
      if (caller.is(role)) {
        return;
      }
    }
    throw new Problem(
        ErrorCode.FORBIDDEN, "This needs one of the roles " + String.join(", ", roles));
  }

  /** Where a page ended. */
  private record Place(Instant at, String runId) {

    static Place after(RunView run) {
      return new Place(run.startedAt(), run.runId());
    }

    String cursor() {
      return Base64.getUrlEncoder()
          .withoutPadding()
          .encodeToString((at + " " + runId).getBytes(StandardCharsets.UTF_8));
    }

    static Place of(String cursor) {
      try {
        String text = new String(Base64.getUrlDecoder().decode(cursor), StandardCharsets.UTF_8);
        int space = text.indexOf(' ');
        return new Place(Instant.parse(text.substring(0, space)), text.substring(space + 1));
      } catch (IllegalArgumentException | DateTimeParseException | IndexOutOfBoundsException e) {
        throw Problem.invalid(
            ErrorCode.INVALID_FIELD,
            List.of(new Violation("cursor", "must be the next of the page before")));
      }
    }
  }
}
