package dev.lastunit.cart.query.web;

import dev.lastunit.cart.api.CartQuery.CartView;
import dev.lastunit.cart.api.CartQuery.FindCart;
import dev.lastunit.cart.query.CartQueryHandler;
import dev.lastunit.shared.api.Caller;
import dev.lastunit.shared.api.CartId;
import dev.lastunit.shared.api.Problem;
import dev.lastunit.shared.query.ReadModelGate;
import dev.lastunit.shared.query.web.ReadParameters;
import dev.lastunit.shared.query.web.Reads;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.enums.ParameterIn;
import io.swagger.v3.oas.annotations.tags.Tag;
import org.axonframework.queryhandling.QueryGateway;
import org.springframework.http.CacheControl;
import org.springframework.http.ResponseEntity;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RestController;
import reactor.core.publisher.Mono;

/** A cart, for its owner alone. */
@RestController
@Tag(name = "Cart")
class CartQueryController {

  private static final String WHAT = "cart";
  private static final int LONGEST_ID = 160;

  private final QueryGateway queries;
  private final ReadModelGate gate;

  CartQueryController(QueryGateway queries, ReadModelGate gate) {
    this.queries = queries;
    this.gate = gate;
  }

  @Operation(
      summary = "Shows a cart",
      description =
          "With today's prices and availability. A SKU that is not listed any more has neither name"
              + " nor price. Another subject's cart is 404, like one that does not exist.")
  @Parameter(
      name = Reads.MIN_EVENT_POSITION,
      in = ParameterIn.HEADER,
      description = "Waits until carts and catalogue have got so far")
  @GetMapping("/v1/carts/{cartId}")
  Mono<ResponseEntity<CartView>> show(
      @PathVariable("cartId") String text,
      @Parameter(hidden = true) Caller caller,
      ServerHttpRequest request) {
    Reads.requireToken(caller);
    ReadParameters parameters = new ReadParameters(request);
    long minPosition = parameters.minPosition();
    parameters.refusePast();
    parameters.check();
    if (text.isBlank() || text.length() > LONGEST_ID || text.indexOf('\0') >= 0) {
      throw Problem.notFound(WHAT);
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
