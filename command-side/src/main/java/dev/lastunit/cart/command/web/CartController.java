package dev.lastunit.cart.command.web;

import dev.lastunit.cart.api.CartCommand.OpenCart;
import dev.lastunit.cart.api.CartCommand.SetCartItem;
import dev.lastunit.cart.api.CartQuery.CartView;
import dev.lastunit.cart.api.CartQuery.FindCart;
import dev.lastunit.shared.api.Caller;
import dev.lastunit.shared.api.CartId;
import dev.lastunit.shared.api.Commands;
import dev.lastunit.shared.api.ErrorCode;
import dev.lastunit.shared.api.Positions;
import dev.lastunit.shared.api.Problem;
import dev.lastunit.shared.api.Problem.Violation;
import dev.lastunit.shared.api.Sku;
import dev.lastunit.shared.command.web.CallerCommands;
import dev.lastunit.shared.command.web.CurrentPrices;
import dev.lastunit.shared.command.web.MinEventPosition;
import dev.lastunit.shared.command.web.Violations;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.net.URI;
import java.util.List;
import java.util.UUID;
import java.util.function.Supplier;
import org.axonframework.queryhandling.QueryGateway;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/** Opens and fills carts. Another's cart is answered like one that never was. */
@RestController
@RequestMapping("/v1/carts")
@Tag(name = "Carts", description = "What a customer wants to buy")
class CartController {

  private static final int MAX_CART_ID = 160;
  private static final int MAX_QUANTITY = 1_000_000;

  private final Commands commands;
  private final QueryGateway queries;
  private final CurrentPrices prices;
  private final Supplier<UUID> idSource;

  /**
   * @param idSource identifiers for carts
   */
  CartController(
      Commands commands, QueryGateway queries, Positions positions, Supplier<UUID> idSource) {
    this.commands = commands;
    this.queries = queries;
    this.prices = new CurrentPrices(queries, positions);
    this.idSource = idSource;
  }

  /** A new cart. */
  record OpenedCart(CartId cartId) {}

  /**
   * Units of a SKU.
   *
   * @param quantity as it was written, so that a fraction is refused and never rounded
   */
  record QuantityBody(
      @Schema(
              type = "integer",
              minimum = "0",
              maximum = "1000000",
              description = "0 takes it out",
              example = "2")
          Number quantity) {}

  @PostMapping
  @Operation(summary = "Open a cart", description = "201 with its cartId; it is empty.")
  Mono<ResponseEntity<OpenedCart>> open(@Parameter(hidden = true) Caller caller) {
    var cartId = new CartId("cart-" + idSource.get());
    return CallerCommands.send(commands, caller, new OpenCart(cartId, caller.subject()))
        .map(
            done ->
                done.on(ResponseEntity.created(URI.create("/v1/carts/" + cartId.value())))
                    .body(new OpenedCart(cartId)));
  }

  @PutMapping("/{cartId}/items/{sku}")
  @Operation(
      summary = "Set the units of a SKU",
      description =
          "200 with the cart; 0 takes the SKU out. 409 cart-checked-out once an order has the cart,"
              + " 422 cart-full beyond 2,000 SKUs.")
  Mono<ResponseEntity<CartView>> set(
      @Parameter(hidden = true) Caller caller,
      @PathVariable String cartId,
      @PathVariable String sku,
      @Parameter(description = "The catalogue must be at least as new as this position")
          @RequestHeader(name = MinEventPosition.HEADER, required = false)
          String minPosition,
      @RequestBody QuantityBody body) {
    var violations = new Violations();
    violations.check(Sku.isValid(sku), "sku", "there is no such SKU");
    violations.check(
        body.quantity() instanceof Integer units && units >= 0 && units <= MAX_QUANTITY,
        "quantity",
        "must be a whole number from 0 to " + MAX_QUANTITY);
    violations.orThrow();
    int quantity = body.quantity().intValue();
    return listed(new Sku(sku), quantity, MinEventPosition.of(minPosition))
        .then(Mono.defer(() -> set(caller, cartId, new Sku(sku), quantity)));
  }

  @DeleteMapping("/{cartId}/items/{sku}")
  @Operation(
      summary = "Take a SKU out",
      description = "200 with the cart, also when the SKU is not in it.")
  Mono<ResponseEntity<CartView>> remove(
      @Parameter(hidden = true) Caller caller,
      @PathVariable String cartId,
      @PathVariable String sku) {
    if (!Sku.isValid(sku)) {
      throw Problem.invalid(
          ErrorCode.INVALID_FIELD, List.of(new Violation("sku", "there is no such SKU")));
    }
    return set(caller, cartId, new Sku(sku), 0);
  }

  /** Taking out is always allowed, also what is not listed any more. */
  private Mono<Void> listed(Sku sku, int quantity, long minPosition) {
    if (quantity == 0) {
      return Mono.empty();
    }
    List<Sku> skus = List.of(sku);
    return prices
        .find(skus, minPosition)
        .filter(found -> !found.products().isEmpty())
        .switchIfEmpty(prices.asOfNow(skus))
        .flatMap(
            found ->
                found.products().isEmpty()
                    ? Mono.error(
                        Problem.invalid(
                            ErrorCode.INVALID_FIELD,
                            List.of(new Violation("sku", "there is no such SKU"))))
                    : Mono.empty());
  }

  private Mono<ResponseEntity<CartView>> set(
      Caller caller, String cartIdText, Sku sku, int quantity) {
    if (cartIdText.isBlank() || cartIdText.length() > MAX_CART_ID) {
      throw Problem.notFound("cart");
    }
    var cartId = new CartId(cartIdText);
    return CallerCommands.send(
            commands, caller, new SetCartItem(cartId, caller.subject(), sku, quantity))
        .publishOn(Schedulers.parallel())
        .onErrorMap(
            failure -> failure instanceof Problem problem && problem.code() == ErrorCode.NOT_FOUND,
            missing -> Problem.notFound("cart"))
        .flatMap(
            done ->
                find(new FindCart(cartId, caller.subject(), done.position()))
                    .map(cart -> done.on(ResponseEntity.ok()).body(cart)));
  }

  /**
   * A read model that is late fails with READ_MODEL_BEHIND; the item is set, and setting it again
   * does no harm.
   */
  private Mono<CartView> find(FindCart question) {
    return Mono.fromFuture(() -> queries.query(question, CartView.class), true)
        .switchIfEmpty(Mono.error(() -> Problem.notFound("cart")));
  }
}
