package dev.lastunit.audit.query.web;

import dev.lastunit.audit.query.EventLines;
import dev.lastunit.shared.api.Caller;
import dev.lastunit.shared.api.EventTypes;
import dev.lastunit.shared.query.store.EventFilter;
import dev.lastunit.shared.query.store.EventFollower;
import dev.lastunit.shared.query.store.StoredEvent;
import dev.lastunit.shared.query.store.StoredEvents;
import dev.lastunit.shared.query.web.Heartbeats;
import dev.lastunit.shared.query.web.LastEventId;
import dev.lastunit.shared.query.web.ReadParameters;
import dev.lastunit.shared.query.web.Reads;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.springframework.http.CacheControl;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.http.codec.ServerSentEvent;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/**
 * The event store for analysts: as lines up to where it is now, or live as server-sent events. For
 * analysts; personal data are shown to those who are operators as well.
 *
 * <p>However many events there are, memory holds a few batches, and a slow client makes the reading
 * wait.
 */
@RestController
@Tag(name = "Analysts and operators")
class EventLogController {

  private static final int MOST_TYPES = 100;

  private final StoredEvents store;
  private final EventFollower follower;

  EventLogController(StoredEvents store, EventFollower follower) {
    this.store = store;
    this.follower = follower;
  }

  /**
   * What the client asks for.
   *
   * @param after position after which to begin
   * @param upTo last position; {@link Long#MAX_VALUE} for all
   */
  private record Wanted(EventFilter filter, long after, long upTo, long limit, long minPosition) {}

  @GetMapping(path = "/v1/events", produces = MediaType.APPLICATION_NDJSON_VALUE)
  @Operation(
      summary = "The event store as NDJSON",
      description =
          "after: position to begin after; position: that event alone; from, to: recorded then or"
              + " later, recorded before; type: such as ordering.OrderPlaced or OrderPlaced, may be"
              + " repeated or hold commas; stream; limit")
  Mono<Void> lines(
      @Parameter(hidden = true) Caller caller,
      ServerHttpRequest request,
      ServerHttpResponse response) {
    Reads.require(caller, Caller.ANALYST);
    Wanted wanted = wanted(request);
    boolean personal = caller.is(Caller.OPERATOR);
    return store
        .headAtLeast(wanted.minPosition())
        .flatMap(
            head -> {
              response.getHeaders().setContentType(MediaType.APPLICATION_NDJSON);
              response.getHeaders().setCacheControl(CacheControl.noStore());
              response.getHeaders().set(Reads.EVENT_POSITION, Long.toString(head));
              return response.writeWith(
                  store
                      .batches(
                          wanted.filter(),
                          wanted.after(),
                          Math.min(head, wanted.upTo()),
                          wanted.limit())
                      .publishOn(Schedulers.parallel(), 1)
                      .concatMapIterable(events -> EventLines.pieces(events, personal), 1)
                      .map(response.bufferFactory()::wrap));
            });
  }

  @GetMapping(path = "/v1/events", produces = MediaType.TEXT_EVENT_STREAM_VALUE)
  @Operation(summary = "The event store as server-sent events, live; resumable by Last-Event-ID")
  Mono<ResponseEntity<Flux<ServerSentEvent<String>>>> live(
      @Parameter(hidden = true) Caller caller, ServerHttpRequest request) {
    Reads.require(caller, Caller.ANALYST);
    Wanted wanted = wanted(request);
    boolean personal = caller.is(Caller.OPERATOR);
    long after = LastEventId.of(request, wanted.after());
    return store
        .headAtLeast(wanted.minPosition())
        .map(
            head ->
                Reads.ok(head)
                    .contentType(MediaType.TEXT_EVENT_STREAM)
                    .body(
                        Heartbeats.with(
                            follower
                                .follow(wanted.filter(), after)
                                .takeUntil(event -> event.position() >= wanted.upTo())
                                .take(wanted.limit())
                                .map(event -> event(event, personal)))));
  }

  private static ServerSentEvent<String> event(StoredEvent event, boolean personal) {
    return ServerSentEvent.<String>builder()
        .id(Long.toString(event.position()))
        .event(event.type())
        .data(EventLines.line(event, personal))
        .build();
  }

  private static Wanted wanted(ServerHttpRequest request) {
    ReadParameters parameters = new ReadParameters(request);
    long minPosition = parameters.minPosition();
    long after = parameters.number("after", 0, Long.MAX_VALUE).orElse(0L);
    Long position = parameters.number("position", 1, Long.MAX_VALUE).orElse(null);
    long limit = parameters.number("limit", 1, Long.MAX_VALUE).orElse(Long.MAX_VALUE);
    EventFilter filter =
        new EventFilter(
            types(parameters),
            parameters.text("stream", 255).orElse(null),
            instant(parameters, "from"),
            instant(parameters, "to"));
    parameters.check();
    return position == null
        ? new Wanted(filter, after, Long.MAX_VALUE, limit, minPosition)
        : new Wanted(filter, position - 1, position, 1, minPosition);
  }

  private static Set<String> types(ReadParameters parameters) {
    Set<String> wanted = new HashSet<>();
    for (String given : parameters.texts("type", MOST_TYPES, 4_000)) {
      for (String name : given.split(",")) {
        List<String> known = namesOf(name.strip());
        if (known.isEmpty()) {
          parameters.refuse("type", "there is no event " + name.strip());
        }
        wanted.addAll(known);
      }
    }
    return wanted;
  }

  /** The logical names that a full or simple name stands for. */
  private static List<String> namesOf(String name) {
    return EventTypes.names().stream()
        .filter(known -> known.equals(name) || known.endsWith("." + name))
        .toList();
  }

  private static Instant instant(ReadParameters parameters, String name) {
    return parameters
        .text(name, 40)
        .map(
            text -> {
              try {
                // A plus sign that was not escaped arrives as a space.
                return OffsetDateTime.parse(text.replace(' ', '+')).toInstant();
              } catch (DateTimeException e) {
                parameters.refuse(name, "must be a time such as 2026-11-23T19:04:05.123Z");
                return null;
              }
            })
        .orElse(null);
  }
}
