package dev.lastunit.cart.query.web;

import dev.lastunit.cart.api.CartQuery.CartView;
import dev.lastunit.cart.api.CartQuery.FindCart;
import dev.lastunit.cart.query.CartQueryHandler;
import dev.lastunit.cart.query.PastCarts;
import dev.lastunit.shared.api.Caller;
import dev.lastunit.shared.api.CartId;
import dev.lastunit.shared.api.Problem;
import dev.lastunit.shared.query.ReadModelGate;
import dev.lastunit.shared.query.store.PointInTime;
import dev.lastunit.shared.query.web.ReadParameters;
import dev.lastunit.shared.query.web.Reads;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.enums.ParameterIn;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.util.Optional;
import org.axonframework.queryhandling.QueryGateway;
import org.springframework.http.CacheControl;
import org.springframework.http.ResponseEntity;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RestController;
import reactor.core.publisher.Mono;

/** A cart, for its owner alone; a past one for operators and analysts. */
@RestController
@Tag(name = "Cart")
class CartQueryController {

  private static final String WHAT = "cart";
  private static final int LONGEST_ID = 160;

  private final QueryGateway queries;
  private final ReadModelGate gate;
  private final PastCarts past;

  CartQueryController(QueryGateway queries, ReadModelGate gate, PastCarts past) {
    this.queries = queries;
    this.past = past;
    this.gate = gate;
  }

  @Operation(
      summary = "Shows a cart",
      description =
          "With today's prices and availability. A SKU that is not listed any more has neither name"
              + " nor price. Another subject's cart is 404, like one that does not exist. With at"
              + " or position as it was then, at the prices and with the availability of then:"
              + " anybody's.")
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
  @Parameter(
      name = Reads.MIN_EVENT_POSITION,
      in = ParameterIn.HEADER,
      description = "Waits until carts and catalogue have got so far")
  @GetMapping("/v1/carts/{cartId}")
  Mono<ResponseEntity<CartView>> show(
      @PathVariable("cartId") String text,
      @Parameter(hidden = true) Caller caller,
      ServerHttpRequest request) {
    Reads.requireForPast(caller, request);
    ReadParameters parameters = new ReadParameters(request);
    Optional<PointInTime> point = parameters.past();
    long minPosition = parameters.minPosition();
    parameters.check();
    if (text.isBlank() || text.length() > LONGEST_ID || text.indexOf('\0') >= 0) {
      throw Problem.notFound(WHAT);
    }
    if (point.isPresent()) {
      return past.at(new CartId(text), point.get(), minPosition)
          .map(found -> Reads.past(found, WHAT));
    }
    FindCart question = new FindCart(new CartId(text), caller.subject(), minPosition);
    return gate.reached(CartQueryHandler.MODEL, minPosition)
        .flatMap(
            position ->
                Mono.fromFuture(() -> queries.query(question, CartView.class))
                    .switchIfEmpty(Mono.error(() -> Problem.notFound(WHAT)))
                    .map(
                        cart ->
                            Reads.ok(position).cacheControl(CacheControl.noStore()).body(cart)));
  }
}
