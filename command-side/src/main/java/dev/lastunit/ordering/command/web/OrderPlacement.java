package dev.lastunit.ordering.command.web;

import dev.lastunit.cart.api.CartCommand.CheckOutCart;
import dev.lastunit.cart.api.CartCommand.ReadCart;
import dev.lastunit.cart.api.CartCommand.ReopenCart;
import dev.lastunit.cart.api.CartContents;
import dev.lastunit.catalogue.api.CatalogueQuery.Prices;
import dev.lastunit.shared.api.Command;
import dev.lastunit.shared.api.Commands;
import dev.lastunit.shared.api.ErrorCode;
import dev.lastunit.shared.api.Problem;
import dev.lastunit.shared.command.web.CallerCommands;
import dev.lastunit.shared.command.web.CallerCommands.Accepted;
import dev.lastunit.shared.command.web.CurrentPrices;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/**
 * Brings a request to buy into the event store, or finds out that it is there already.
 *
 * <p><b>Replays.</b> What is refused because of how things are now (a price, a SKU, a cart) was
 * perhaps accepted under the same key when they were different. So nothing of that kind is refused
 * before the order's own stream was asked.
 *
 * <p><b>Carts.</b> The cart is read before the order's stream is asked, and taken at the revision
 * that was read. When an order of this key was placed, rejected and gave the cart back in between,
 * it is either found or has changed the revision: a replay never takes a cart.
 *
 * <p>Threads: never blocks; leaves the threads of the command bus at once.
 */
final class OrderPlacement {

  /** For the catalogue's answer, which itself waits up to 2 s for its read model. */
  private static final Duration PATIENCE = Duration.ofSeconds(5);

  private final Commands commands;
  private final CurrentPrices prices;
  private final int maxLines;

  /**
   * @param maxLines most SKUs in an order, 1 to 10,000 since that is how many prices can be asked
   *     for at once
   */
  OrderPlacement(Commands commands, CurrentPrices prices, int maxLines) {
    if (maxLines < 1 || maxLines > 10_000) {
      throw new IllegalArgumentException("An order has 1 to 10000 lines, not " + maxLines);
    }
    this.commands = commands;
    this.prices = prices;
    this.maxLines = maxLines;
  }

  /**
   * Places the order once, however often it is asked to.
   *
   * @return fails with a {@link Problem}: a refusal means that there is no order under this key
   *     (with IDEMPOTENCY_KEY_REUSED that there is another one), OVERLOADED and OUTCOME_UNKNOWN
   *     that the same request may be sent again
   */
  Mono<Placed> place(Intent intent) {
    return intent.purchase().cartId() == null
        ? placeItems(intent, intent.purchase().items())
        : placeCart(intent);
  }

  private Mono<Placed> placeItems(Intent intent, List<Purchase.Item> items) {
    return price(intent, items)
        .map(priced -> record(intent, priced))
        .onErrorResume(
            OrderPlacement::isAboutNow,
            now -> Mono.just(placedBefore(intent).switchIfEmpty(Mono.error(now))))
        .flatMap(Function.identity());
  }

  private Mono<Placed> placeCart(Intent intent) {
    return readCart(intent)
        .map(cart -> placedBefore(intent).switchIfEmpty(Mono.defer(() -> placeCart(intent, cart))))
        .onErrorResume(
            OrderPlacement::isAboutNow,
            now -> Mono.just(placedBefore(intent).switchIfEmpty(Mono.error(now))))
        .flatMap(Function.identity());
  }

  private Mono<Placed> placeCart(Intent intent, CartContents cart) {
    return Mono.fromCallable(() -> items(intent, cart))
        .flatMap(items -> price(intent, items))
        .flatMap(priced -> checkOut(intent, cart).map(taken -> record(intent, priced, taken)))
        .onErrorResume(
            OrderPlacement::isAboutNow,
            now ->
                Mono.just(
                    placedBefore(intent)
                        .switchIfEmpty(giveBackAfterBreak(intent, cart).then(Mono.error(now)))))
        .flatMap(Function.identity());
  }

  /**
   * Whether the order might have been accepted at another time; what is merely busy is not asked
   * for more.
   */
  private static boolean isAboutNow(Throwable failure) {
    return !(failure instanceof Problem problem
        && (problem.code() == ErrorCode.OVERLOADED || problem.code() == ErrorCode.OUTCOME_UNKNOWN));
  }

  /** Empty when there is no order under the key; fails when there is another one. */
  private Mono<Placed> placedBefore(Intent intent) {
    return send(intent, intent.find())
        .map(found -> new Placed(found.value(), null, found.position()))
        .onErrorResume(
            failure -> failure instanceof Problem problem && problem.code() == ErrorCode.NOT_FOUND,
            none -> Mono.empty());
  }

  private Mono<CartContents> readCart(Intent intent) {
    var purchase = intent.purchase();
    return send(intent, new ReadCart(purchase.cartId(), intent.caller().subject()))
        .map(Accepted::value)
        .onErrorMap(
            failure -> failure instanceof Problem problem && problem.code() == ErrorCode.NOT_FOUND,
            missing -> Problem.notFound("cart"));
  }

  private List<Purchase.Item> items(Intent intent, CartContents cart) {
    var holder = cart.checkedOutBy();
    if (holder != null && !holder.equals(intent.orderId())) {
      throw new Problem(
          ErrorCode.CART_CHECKED_OUT,
          "The cart belongs to an order already",
          List.of(),
          Map.of("orderId", holder.value()));
    }
    if (cart.items().isEmpty()) {
      throw InvalidOrder.because("cartId", "the cart is empty");
    }
    return cart.items().entrySet().stream()
        .map(entry -> new Purchase.Item(entry.getKey(), entry.getValue(), "cartId"))
        .toList();
  }

  private Mono<Pricing.Priced> price(Intent intent, List<Purchase.Item> items) {
    if (items.size() > maxLines) {
      return Mono.error(
          InvalidOrder.because(
              intent.purchase().cartId() == null ? "items" : "cartId",
              "must have at most " + maxLines + " different SKUs"));
    }
    var skus = items.stream().map(Purchase.Item::sku).toList();
    return price(intent, items, prices.find(skus, intent.minPosition()))
        .onErrorResume(
            OrderPlacement::mayBeStale, stale -> price(intent, items, prices.asOfNow(skus)));
  }

  private static Mono<Pricing.Priced> price(
      Intent intent, List<Purchase.Item> items, Mono<Prices> found) {
    return found
        .timeout(PATIENCE, Mono.error(OrderPlacement::noPrices))
        .map(listed -> Pricing.price(items, listed, intent.purchase().expectedTotal()));
  }

  /** A product that was listed, or a price that was changed, a moment ago. */
  private static boolean mayBeStale(Throwable failure) {
    return failure instanceof Problem problem
        && (problem.code() == ErrorCode.INVALID_ORDER || problem.code() == ErrorCode.PRICE_CHANGED);
  }

  private static Problem noPrices() {
    return new Problem(
        ErrorCode.OVERLOADED, "The catalogue does not answer; nothing was ordered, try again");
  }

  private Mono<Accepted<Void>> checkOut(Intent intent, CartContents cart) {
    return send(
        intent,
        new CheckOutCart(
            intent.purchase().cartId(),
            intent.caller().subject(),
            intent.orderId(),
            cart.revision()));
  }

  private Mono<Placed> record(Intent intent, Pricing.Priced priced) {
    var order = intent.place(priced);
    return send(intent, order)
        .map(done -> new Placed(done.value(), done.repeated() ? null : order, done.position()));
  }

  /**
   * A cart that this very request took for an order that came from another request is given back.
   */
  private Mono<Placed> record(Intent intent, Pricing.Priced priced, Accepted<Void> taken) {
    return record(intent, priced)
        .onErrorResume(
            failure ->
                !taken.repeated()
                    && failure instanceof Problem problem
                    && problem.code() == ErrorCode.IDEMPOTENCY_KEY_REUSED,
            reused -> giveBack(intent).then(Mono.error(reused)));
  }

  /**
   * An earlier attempt may have broken off between taking the cart and placing the order. When the
   * order cannot be placed any more, the cart would be nobody's for ever.
   */
  private Mono<Void> giveBackAfterBreak(Intent intent, CartContents cart) {
    return Mono.defer(
        () -> intent.orderId().equals(cart.checkedOutBy()) ? giveBack(intent) : Mono.empty());
  }

  private Mono<Void> giveBack(Intent intent) {
    return send(intent, new ReopenCart(intent.purchase().cartId(), intent.orderId())).then();
  }

  private <R> Mono<Accepted<R>> send(Intent intent, Command<R> command) {
    return CallerCommands.send(commands, intent.caller(), command).publishOn(Schedulers.parallel());
  }
}
