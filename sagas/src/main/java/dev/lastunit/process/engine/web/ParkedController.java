package dev.lastunit.process.engine.web;

import dev.lastunit.process.engine.OnSagaRole;
import dev.lastunit.process.engine.ParkedProcesses;
import dev.lastunit.process.engine.ParkedProcesses.Parked;
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

/** What the processes gave up on, and what an operator does about it. */
@RestController
@Conditional(OnSagaRole.class)
@RequestMapping("/v1/parked")
@Tag(name = "Parked processes")
class ParkedController {

  private static final int DEFAULT_LIMIT = 20;
  private static final int MOST = 100;

  private final ParkedProcesses parked;

  ParkedController(ParkedProcesses parked) {
    this.parked = parked;
  }

  /**
   * A page of parked processes.
   *
   * @param next cursor of the next page; null on the last
   */
  record Page(List<Parked> items, String next) {}

  /**
   * What abandoning did.
   *
   * @param outcome {@code compensating} when what was done is being undone, {@code abandoned} when
   *     the process was only marked
   */
  record Abandoned(String id, String outcome) {}

  @GetMapping
  @Operation(summary = "What the processes gave up on, the longest parked first")
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
    return blocking(() -> parked.list(after, limit + 1))
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

  @PostMapping("/{id}/retry")
  @Operation(summary = "Try the step that failed again")
  Mono<ResponseEntity<Parked>> retry(
      @Parameter(hidden = true) Caller caller, @PathVariable String id) {
    requireOperator(caller);
    return blocking(() -> parked.retry(id)).map(before -> ResponseEntity.accepted().body(before));
  }

  @PostMapping("/{id}/abandon")
  @Operation(summary = "Undo what was done where that is possible, and try no more")
  Mono<ResponseEntity<Abandoned>> abandon(
      @Parameter(hidden = true) Caller caller, @PathVariable String id) {
    requireOperator(caller);
    return blocking(() -> parked.abandon(id))
        .map(
            undoing ->
                ResponseEntity.accepted()
                    .body(new Abandoned(id, undoing ? "compensating" : "abandoned")));
  }

  private static <T> Mono<T> blocking(Callable<T> work) {
    return Mono.fromCallable(work).subscribeOn(Schedulers.boundedElastic());
  }

  private static void requireOperator(Caller caller) {
    if (!caller.is(Caller.OPERATOR)) {
      throw new Problem(ErrorCode.FORBIDDEN, "Only operators see parked processes");
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
