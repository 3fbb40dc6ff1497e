package dev.lastunit.audit.query.web;

import dev.lastunit.audit.query.EventLines;
import dev.lastunit.audit.query.Gzip;
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
import io.swagger.v3.oas.annotations.enums.ParameterIn;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.time.Clock;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.springframework.http.CacheControl;
import org.springframework.http.HttpHeaders;
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
  private final Clock clock;

  EventLogController(StoredEvents store, EventFollower follower, Clock clock) {
    this.store = store;
    this.follower = follower;
    this.clock = clock;
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
      summary = "The event store as NDJSON, or live as server-sent events",
      description =
          "One event a line, {position, at, stream, sequence, type, revision, payload, metadata},"
              + " in the order of positions, up to the end of the store at the beginning of the"
              + " answer, which is its Event-Position. However many there are: go on with after ="
              + " the last position. Compressed for those who accept gzip. With Accept:"
              + " text/event-stream the same events and then those that come, id their position;"
              + " resumable by Last-Event-ID from any position; ends at limit, at position, and"
              + " with a time to that has passed. Personal data are *** unless the caller is an"
              + " operator as well.")
  @Parameter(
      name = "after",
      in = ParameterIn.QUERY,
      description = "Position to begin after; default 0",
      schema = @Schema(type = "integer", format = "int64", minimum = "0"))
  @Parameter(
      name = "position",
      in = ParameterIn.QUERY,
      description = "The event at this position alone, if it fits the other parameters",
      schema = @Schema(type = "integer", format = "int64", minimum = "1"))
  @Parameter(
      name = "from",
      in = ParameterIn.QUERY,
      description = "Recorded then or later",
      schema = @Schema(type = "string", format = "date-time"))
  @Parameter(
      name = "to",
      in = ParameterIn.QUERY,
      description = "Recorded before",
      schema = @Schema(type = "string", format = "date-time"))
  @Parameter(
      name = "type",
      in = ParameterIn.QUERY,
      description =
          "Types such as ordering.OrderPlaced or OrderPlaced; may be repeated or hold commas")
  @Parameter(name = "stream", in = ParameterIn.QUERY, description = "Such as stock-MUG-RED")
  @Parameter(
      name = "limit",
      in = ParameterIn.QUERY,
      description = "Events at most; default all",
      schema = @Schema(type = "integer", format = "int64", minimum = "1"))
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
              response.getHeaders().setVary(List.of(HttpHeaders.ACCEPT_ENCODING));
              Flux<byte[]> lines =
                  store
                      .batches(
                          wanted.filter(),
                          wanted.after(),
                          Math.min(head, wanted.upTo()),
                          wanted.limit())
                      .publishOn(Schedulers.parallel(), 1)
                      .concatMapIterable(events -> EventLines.pieces(events, personal), 1);
              if (Gzip.isAccepted(request.getHeaders().getOrEmpty(HttpHeaders.ACCEPT_ENCODING))) {
                response.getHeaders().set(HttpHeaders.CONTENT_ENCODING, "gzip");
                lines = Gzip.compress(lines);
              }
              return response.writeWith(lines.map(response.bufferFactory()::wrap));
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
                                .follow(wanted.filter(), after, end(wanted, head))
                                .take(wanted.limit())
                                .map(event -> event(event, personal)))));
  }

  /**
   * Where a live stream ends: at the position that is asked for, or, when the time that is asked
   * for has passed on every node, where the store is now.
   */
  private long end(Wanted wanted, long head) {
    Instant to = wanted.filter().to();
    return to != null && to.plus(StoredEvents.APART).isBefore(clock.instant())
        ? Math.min(head, wanted.upTo())
        : wanted.upTo();
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
            parameters.instant("from").orElse(null),
            parameters.instant("to").orElse(null));
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
}
