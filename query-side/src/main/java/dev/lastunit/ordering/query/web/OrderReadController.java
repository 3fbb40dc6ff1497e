package dev.lastunit.ordering.query.web;

import dev.lastunit.ordering.api.OrderQuery.OrderView;
import dev.lastunit.ordering.api.OrderStatus;
import dev.lastunit.ordering.query.OrderReads;
import dev.lastunit.ordering.query.OrderReads.ListOrders;
import dev.lastunit.ordering.query.OrderStep;
import dev.lastunit.ordering.query.OrderStream;
import dev.lastunit.ordering.query.PastOrders;
import dev.lastunit.shared.api.Caller;
import dev.lastunit.shared.api.CustomerId;
import dev.lastunit.shared.api.ErrorCode;
import dev.lastunit.shared.api.EventJson;
import dev.lastunit.shared.api.OrderId;
import dev.lastunit.shared.api.Positions;
import dev.lastunit.shared.api.Problem;
import dev.lastunit.shared.query.store.PointInTime;
import dev.lastunit.shared.query.web.Heartbeats;
import dev.lastunit.shared.query.web.LastEventId;
import dev.lastunit.shared.query.web.Page;
import dev.lastunit.shared.query.web.ReadParameters;
import dev.lastunit.shared.query.web.Reads;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.enums.ParameterIn;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.http.codec.ServerSentEvent;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RestController;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * The reads of orders. An order is shown to its owner and to operators; to everybody else it does
 * not exist.
 */
@RestController
@Tag(name = "Orders")
class OrderReadController {

  private static final String ORDER = "order";

  private static final Map<String, OrderStatus> STATUSES =
      Arrays.stream(OrderStatus.values())
          .collect(Collectors.toUnmodifiableMap(OrderStatus::text, status -> status));

  private final OrderReads reads;
  private final OrderStream stream;
  private final Positions positions;
  private final PastOrders past;

  OrderReadController(OrderReads reads, OrderStream stream, Positions positions, PastOrders past) {
    this.reads = reads;
    this.past = past;
    this.stream = stream;
    this.positions = positions;
  }

  @GetMapping(path = "/v1/orders/{orderId}", produces = MediaType.APPLICATION_JSON_VALUE)
  @Operation(
      summary = "One order",
      description = "With at or position as it was then, rebuilt from its events: anybody's.")
  @Parameter(
      name = "at",
      in = ParameterIn.QUERY,
      description = "The state at this time",
      schema = @Schema(type = "string", format = "date-time"))
  @Parameter(
      name = "position",
      in = ParameterIn.QUERY,
      description = "The state after the event at this position of the store",
      schema = @Schema(type = "integer", format = "int64", minimum = "1"))
  Mono<ResponseEntity<OrderView>> order(
      @PathVariable String orderId,
      @Parameter(hidden = true) Caller caller,
      ServerHttpRequest request) {
    Reads.requireForPast(caller, request);
    ReadParameters parameters = new ReadParameters(request);
    Optional<PointInTime> point = parameters.past();
    long minPosition = parameters.minPosition();
    parameters.check();
    if (point.isPresent()) {
      return past.at(id(orderId), point.get(), minPosition).map(found -> Reads.past(found, ORDER));
    }
    return reads
        .find(id(orderId), minPosition)
        .map(
            found -> {
              if (found.value() == null || !maySee(caller, found.value().customerId())) {
                throw Problem.notFound(ORDER);
              }
              return Reads.ok(found.position()).body(found.value());
            });
  }

  @GetMapping(path = "/v1/orders", produces = MediaType.APPLICATION_JSON_VALUE)
  @Operation(summary = "The subject's orders, the latest first; for operators anyone's")
  @Parameter(name = "limit", in = ParameterIn.QUERY, description = "1 to 100, default 20")
  @Parameter(name = "cursor", in = ParameterIn.QUERY, description = "next of the page before")
  @Parameter(name = "status", in = ParameterIn.QUERY, description = "Orders of this status")
  @Parameter(
      name = "customer",
      in = ParameterIn.QUERY,
      description = "Whose orders; operators only")
  Mono<ResponseEntity<Page<OrderView>>> orders(
      @Parameter(hidden = true) Caller caller, ServerHttpRequest request) {
    Reads.requireToken(caller);
    ReadParameters parameters = new ReadParameters(request);
    long minPosition = parameters.minPosition();
    int limit = parameters.limit();
    OrderStatus status = parameters.choice("status", STATUSES).orElse(null);
    CustomerId asked = parameters.text("customer", 160).map(CustomerId::new).orElse(null);
    String cursor = parameters.cursor().orElse(null);
    parameters.check();
    return reads
        .list(new ListOrders(whose(caller, asked), status, limit, cursor), minPosition)
        .map(found -> Reads.page(request, found.position(), found.value()));
  }

  @GetMapping(path = "/v1/orders/{orderId}/events", produces = MediaType.TEXT_EVENT_STREAM_VALUE)
  @Operation(summary = "An order's steps as they happen; resumable by Last-Event-ID")
  @Parameter(
      name = "follow",
      in = ParameterIn.QUERY,
      description = "true: go on after the order was decided")
  Mono<ResponseEntity<Flux<ServerSentEvent<String>>>> events(
      @PathVariable String orderId,
      @Parameter(hidden = true) Caller caller,
      ServerHttpRequest request) {
    Reads.requireToken(caller);
    ReadParameters parameters = new ReadParameters(request);
    boolean follow = parameters.flag("follow");
    parameters.check();
    long after = LastEventId.of(request, 0);
    OrderId id = id(orderId);
    return stream
        .customerOf(id)
        .filter(customer -> maySee(caller, customer))
        .switchIfEmpty(Mono.error(() -> Problem.notFound(ORDER)))
        .map(
            customer ->
                Reads.ok(positions.head())
                    .contentType(MediaType.TEXT_EVENT_STREAM)
                    .body(
                        Heartbeats.with(
                            stream.steps(id, after, follow).map(OrderReadController::event))));
  }

  private static ServerSentEvent<String> event(OrderStep step) {
    return ServerSentEvent.<String>builder()
        .id(Long.toString(step.position()))
        .event(step.type())
        .data(EventJson.mapper().writeValueAsString(step))
        .build();
  }

  /** Whose orders to list; null for everybody's. */
  private static CustomerId whose(Caller caller, CustomerId asked) {
    if (caller.is(Caller.OPERATOR)) {
      return asked;
    }
    if (asked != null && !asked.equals(caller.subject())) {
      throw new Problem(ErrorCode.FORBIDDEN, "Only operators can list the orders of others");
    }
    return caller.subject();
  }

  private static boolean maySee(Caller caller, CustomerId owner) {
    return caller.is(Caller.OPERATOR) || owner.equals(caller.subject());
  }

  /** The identifier of a path. */
  static OrderId id(String text) {
    if (text.isBlank() || text.length() > 160) {
      throw Problem.notFound(ORDER);
    }
    return new OrderId(text);
  }
}
