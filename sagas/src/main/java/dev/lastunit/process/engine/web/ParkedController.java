package dev.lastunit.process.engine.web;

import dev.lastunit.operations.api.ParkedId;
import dev.lastunit.process.engine.OnSagaRole;
import dev.lastunit.process.engine.ParkedProcesses.Parked;
import dev.lastunit.process.engine.ParkedThings;
import dev.lastunit.process.operator.OperatorDecisions;
import dev.lastunit.shared.api.Caller;
import dev.lastunit.shared.api.ErrorCode;
import dev.lastunit.shared.api.Problem;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.Base64;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.springframework.context.annotation.Conditional;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.util.UriComponentsBuilder;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/**
 * What the processes and reconciliation gave up on, and what an operator does about it. Each
 * decision is recorded with its author before it is done.
 */
@RestController
@Conditional(OnSagaRole.class)
@RequestMapping("/v1/parked")
@Tag(name = "Parked")
class ParkedController {

  private static final Comparator<Parked> LONGEST_FIRST =
      Comparator.comparing(Parked::parkedAt)
          .thenComparing(Parked::process)
          .thenComparing(Parked::instance);

  private static final int DEFAULT_LIMIT = 20;
  private static final int MOST = 100;

  private final List<ParkedThings> kinds;
  private final OperatorDecisions decisions;

  ParkedController(List<ParkedThings> kinds, OperatorDecisions decisions) {
    this.kinds = List.copyOf(kinds);
    this.decisions = decisions;
  }

  /**
   * A page of parked things.
   *
   * @param next cursor of the next page; null on the last
   */
  record Page(List<Parked> items, String next) {}

  /**
   * What abandoning did.
   *
   * @param outcome {@code compensating} when what was done is being undone, {@code abandoned} when
   *     it was only marked
   */
  record Abandoned(String id, String outcome) {}

  @GetMapping
  @Operation(
      summary = "What the processes and reconciliation gave up on, the longest parked first",
      description =
          "id is <process>:<instance>; differences that reconciliation found are named"
              + " difference:<reference>, and their state is the kind of difference.")
  Mono<ResponseEntity<Page>> list(
      @Parameter(hidden = true) Caller caller,
      @RequestParam(defaultValue = "" + DEFAULT_LIMIT) int limit,
      @RequestParam(required = false) String cursor) {
    requireOperator(caller);
    if (limit < 1 || limit > MOST) {
      throw Problem.invalid(
          ErrorCode.INVALID_FIELD, List.of(new Problem.Violation("limit", "must be 1 to " + MOST)));
    }
    Parked after = cursor == null ? null : decode(cursor);
    return blocking(() -> list(after, limit + 1))
        .map(
            rows -> {
              boolean more = rows.size() > limit;
              List<Parked> items = more ? rows.subList(0, limit) : rows;
              String next = more ? encode(items.getLast()) : null;
              var response = ResponseEntity.ok();
              if (more) {
                response.header(
                    "Link",
                    "<"
                        + UriComponentsBuilder.fromPath("/v1/parked")
                            .queryParam("limit", limit)
                            .queryParam("cursor", next)
                            .toUriString()
                        + ">; rel=\"next\"");
              }
              return response.body(new Page(items, next));
            });
  }

  private List<Parked> list(Parked after, int limit) {
    return kinds.stream()
        .flatMap(kind -> kind.list(after, limit).stream())
        .sorted(LONGEST_FIRST)
        .limit(limit)
        .toList();
  }

  @PostMapping("/{id}/retry")
  @Operation(
      summary = "Try the step that failed again",
      description = "Recorded with its author as operations.ParkedRetryRequested.")
  Mono<ResponseEntity<Parked>> retry(
      @Parameter(hidden = true) Caller caller, @PathVariable String id) {
    requireOperator(caller);
    ParkedThings kind = kind(id);
    return blocking(() -> kind.find(id))
        .flatMap(
            found ->
                Mono.fromFuture(
                    () -> decisions.retry(new ParkedId(id), found.parkedAt(), caller.subject())))
        .flatMap(
            position ->
                blocking(() -> kind.retry(id)).map(before -> accepted(position).body(before)));
  }

  @PostMapping("/{id}/abandon")
  @Operation(
      summary = "Undo what was done where that is possible, and try no more",
      description = "Recorded with its author as operations.ParkedAbandonmentRequested.")
  Mono<ResponseEntity<Abandoned>> abandon(
      @Parameter(hidden = true) Caller caller, @PathVariable String id) {
    requireOperator(caller);
    ParkedThings kind = kind(id);
    return blocking(() -> kind.find(id))
        .flatMap(
            found ->
                Mono.fromFuture(
                    () -> decisions.abandon(new ParkedId(id), found.parkedAt(), caller.subject())))
        .flatMap(
            position ->
                blocking(() -> kind.abandon(id))
                    .map(
                        undoing ->
                            accepted(position)
                                .body(new Abandoned(id, undoing ? "compensating" : "abandoned"))));
  }

  private static ResponseEntity.BodyBuilder accepted(long position) {
    return ResponseEntity.accepted().header("Event-Position", Long.toString(position));
  }

  private ParkedThings kind(String id) {
    int colon = id.indexOf(':');
    String process = colon <= 0 || colon == id.length() - 1 ? "" : id.substring(0, colon);
    return kinds.stream()
        .filter(one -> one.has(process))
        .findFirst()
        .orElseThrow(
            () ->
                new Problem(
                    ErrorCode.NOT_FOUND,
                    "Nothing parked is called so; names are <process>:<instance>"));
  }

  private static <T> Mono<T> blocking(Callable<T> work) {
    return Mono.fromCallable(work).subscribeOn(Schedulers.boundedElastic());
  }

  private static void requireOperator(Caller caller) {
    if (!caller.is(Caller.OPERATOR)) {
      throw new Problem(ErrorCode.FORBIDDEN, "Only operators see what is parked");
    }
  }

  private static String encode(Parked last) {
    String place = last.parkedAt() + " " + last.id();
    return Base64.getUrlEncoder()
        .withoutPadding()
        .encodeToString(place.getBytes(StandardCharsets.UTF_8));
  }

  private static Parked decode(String cursor) {
    try {
      String place = new String(Base64.getUrlDecoder().decode(cursor), StandardCharsets.UTF_8);
      int space = place.indexOf(' ');
      int colon = place.indexOf(':', space);
      return new Parked(
          place.substring(space + 1),
          place.substring(space + 1, colon),
          place.substring(colon + 1),
          null,
          null,
          null,
          0,
          Instant.parse(place.substring(0, space)),
          List.of());
    } catch (IllegalArgumentException | DateTimeParseException | IndexOutOfBoundsException e) {
      throw new Problem(
          ErrorCode.INVALID_FIELD,
          "The cursor is not one that this service gave out",
          List.of(new Problem.Violation("cursor", "must be the next of the page before")),
          Map.of());
    }
  }
}
