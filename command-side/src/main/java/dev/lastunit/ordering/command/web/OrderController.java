package dev.lastunit.ordering.command.web;

import dev.lastunit.ordering.api.OrderCommand.CancelOrder;
import dev.lastunit.ordering.api.OrderQuery.OrderView;
import dev.lastunit.ordering.command.OrderIdSecret;
import dev.lastunit.ordering.command.OrderIds;
import dev.lastunit.shared.api.Caller;
import dev.lastunit.shared.api.Commands;
import dev.lastunit.shared.api.ErrorCode;
import dev.lastunit.shared.api.OrderId;
import dev.lastunit.shared.api.Positions;
import dev.lastunit.shared.api.Problem;
import dev.lastunit.shared.command.web.CallerCommands;
import dev.lastunit.shared.command.web.CurrentPrices;
import dev.lastunit.shared.command.web.IdempotencyKeys;
import dev.lastunit.shared.command.web.MinEventPosition;
import dev.lastunit.shared.command.web.Violations;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.enums.ParameterIn;
import io.swagger.v3.oas.annotations.headers.Header;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.time.Duration;
import org.axonframework.queryhandling.QueryGateway;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.http.HttpHeaders;
import org.springframework.http.ResponseEntity;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RestController;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/** Places orders, once for each key, and cancels them. */
@RestController
@Tag(name = "Orders", description = "Buying, and what becomes of it")
class OrderController {

  private static final String PREFER = "Prefer";
  private static final String PREFERENCE_APPLIED = "Preference-Applied";

  private static final int MAX_REASON = 500;
  private static final int MAX_ORDER_ID = 160;

  private final Commands commands;
  private final DecisionWatches watches;
  private final OrderIds orderIds;
  private final OrderPlacement placement;
  private final OrderAnswers answers;

  OrderController(
      Commands commands,
      QueryGateway queries,
      DecisionWatches watches,
      Positions positions,
      OrderIdSecret secret,
      @Value("${lastunit.ordering.max-lines:2000}") int maxLines) {
    this.commands = commands;
    this.watches = watches;
    this.orderIds = new OrderIds(secret);
    this.placement = new OrderPlacement(commands, new CurrentPrices(queries, positions), maxLines);
    this.answers = new OrderAnswers(queries);
  }

  @PostMapping("/v1/orders")
  @Operation(
      summary = "Order",
      description =
          "One key is one purchase of its subject, for ever: a repeat with the same body is"
              + " answered with the same order and what has become of it, and never buys again."
              + " Whenever no answer arrives, send the same request again.",
      parameters = {
        @Parameter(
            name = IdempotencyKeys.HEADER,
            in = ParameterIn.HEADER,
            required = true,
            description = "1 to 255 visible ASCII characters",
            schema = @Schema(type = "string", minLength = 1, maxLength = 255)),
        @Parameter(
            name = PREFER,
            in = ParameterIn.HEADER,
            description =
                "wait=<seconds>, 0 to 30: how long to wait for the decision; 2 by default",
            schema = @Schema(type = "string"),
            example = "wait=10"),
        @Parameter(
            name = MinEventPosition.HEADER,
            in = ParameterIn.HEADER,
            description = "Prices must be at least as new as this position",
            schema = @Schema(type = "integer", format = "int64"))
      },
      responses = {
        @ApiResponse(
            responseCode = "201",
            description = "Confirmed: paid for, and the stock is committed",
            headers = {
              @Header(name = "Location", description = "The order"),
              @Header(name = CallerCommands.EVENT_POSITION, description = "Of the decision"),
              @Header(name = CallerCommands.REPLAYED, description = "true in a replay")
            },
            useReturnTypeSchema = true),
        @ApiResponse(
            responseCode = "202",
            description =
                "Placed and not decided within the wait, or decided and not readable yet; the order"
                    + " as far as it is known. Follow Location",
            useReturnTypeSchema = true),
        @ApiResponse(
            responseCode = "200",
            description = "Placed, and cancelled since by its buyer or an operator",
            useReturnTypeSchema = true),
        @ApiResponse(
            responseCode = "400",
            description = "idempotency-key-missing, idempotency-key-invalid, malformed-request",
            content = @Content(mediaType = "application/problem+json")),
        @ApiResponse(
            responseCode = "402",
            description = "payment-declined with orderId; nothing stays reserved",
            content = @Content(mediaType = "application/problem+json")),
        @ApiResponse(
            responseCode = "404",
            description = "not-found: there is no such cart for this subject",
            content = @Content(mediaType = "application/problem+json")),
        @ApiResponse(
            responseCode = "409",
            description =
                "out-of-stock with orderId and shortages, reservation-expired with orderId: nothing"
                    + " stays reserved. price-changed with total, cart-checked-out with orderId,"
                    + " cart-changed: no order",
            content = @Content(mediaType = "application/problem+json")),
        @ApiResponse(
            responseCode = "422",
            description =
                "invalid-order with violations, amount-too-large: no order."
                    + " idempotency-key-reused: the key belongs to another request",
            content = @Content(mediaType = "application/problem+json")),
        @ApiResponse(
            responseCode = "503",
            description = "overloaded, read-model-behind: nothing happened, send it again",
            content = @Content(mediaType = "application/problem+json")),
        @ApiResponse(
            responseCode = "504",
            description = "outcome-unknown: send it again with the same key",
            content = @Content(mediaType = "application/problem+json"))
      })
  Mono<ResponseEntity<OrderView>> place(
      @Parameter(hidden = true) Caller caller,
      @Parameter(hidden = true) @RequestHeader HttpHeaders headers,
      @RequestBody PlaceOrderBody body,
      @Parameter(hidden = true) ServerHttpResponse response) {
    var key = IdempotencyKeys.required(headers);
    var minPosition = MinEventPosition.of(headers.getFirst(MinEventPosition.HEADER));
    var purchase = Purchase.read(body);
    var orderId = orderIds.of(caller.subject(), key);
    var intent = new Intent(caller, key, orderId, purchase, purchase.fingerprint(), minPosition);
    var preference = WaitPreference.of(headers.getOrEmpty(PREFER));
    preference.ifPresent(
        wait -> response.getHeaders().set(PREFERENCE_APPLIED, "wait=" + wait.toSeconds()));
    var wait = preference.orElse(WaitPreference.DEFAULT);
    return Mono.using(
        () -> watches.open(orderId),
        watch ->
            whateverTheClientDoes(placement.place(intent))
                .flatMap(
                    placed ->
                        outcome(placed, watch, wait)
                            .flatMap(
                                outcome -> answers.placed(placed, outcome, response.getHeaders()))),
        watches::close);
  }

  /** A purchase that has begun is brought to its end though nobody may be there to be answered. */
  private static <T> Mono<T> whateverTheClientDoes(Mono<T> work) {
    return Mono.deferContextual(
        context -> Mono.fromFuture(() -> work.contextWrite(context).toFuture(), true));
  }

  private static Mono<Outcome> outcome(Placed placed, DecisionWatch watch, Duration wait) {
    var now = Outcome.of(placed);
    return now.status().decided() || wait.isZero()
        ? Mono.just(now)
        : watch.outcome().timeout(wait, Mono.empty()).defaultIfEmpty(now);
  }

  /** Why an order is not wanted any more. */
  record CancellationBody(
      @Schema(description = "Up to 500 characters; may be left out", example = "changed my mind")
          String reason) {}

  @PostMapping("/v1/orders/{orderId}/cancellation")
  @Operation(
      summary = "Cancel an order",
      description =
          "200 with the order, also when it is cancelled already. What was held goes back to stock,"
              + " what was charged is refunded. 409 not-cancellable once shipped or rejected.")
  Mono<ResponseEntity<OrderView>> cancel(
      @Parameter(hidden = true) Caller caller,
      @PathVariable String orderId,
      @RequestBody(required = false) CancellationBody body) {
    if (orderId.isBlank() || orderId.length() > MAX_ORDER_ID) {
      throw Problem.notFound("order");
    }
    var reason = body == null || body.reason() == null ? "" : body.reason();
    var violations = new Violations();
    violations.text("reason", reason, 0, MAX_REASON);
    violations.orThrow();
    var owner = caller.is(Caller.OPERATOR) ? null : caller.subject();
    return CallerCommands.send(
            commands, caller, new CancelOrder(new OrderId(orderId), owner, reason))
        .publishOn(Schedulers.parallel())
        .onErrorMap(
            failure -> failure instanceof Problem problem && problem.code() == ErrorCode.NOT_FOUND,
            missing -> Problem.notFound("order"))
        .flatMap(
            done ->
                answers
                    .order(done.value(), done.position())
                    .map(view -> done.on(ResponseEntity.ok()).body(view)));
  }
}
