package dev.lastunit.cart.query;

import dev.lastunit.cart.api.CartQuery.CartView;
import dev.lastunit.catalogue.api.CatalogueQuery.FindPastPrices;
import dev.lastunit.catalogue.api.CatalogueQuery.Offer;
import dev.lastunit.catalogue.api.CatalogueQuery.PricedProduct;
import dev.lastunit.catalogue.api.CatalogueQuery.Prices;
import dev.lastunit.inventory.api.StockQuery.FindPastAvailability;
import dev.lastunit.inventory.api.StockQuery.PastAvailability;
import dev.lastunit.shared.api.CartId;
import dev.lastunit.shared.api.Sku;
import dev.lastunit.shared.query.store.PastReads;
import dev.lastunit.shared.query.store.PastReads.Found;
import dev.lastunit.shared.query.store.PointInTime;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.axonframework.queryhandling.QueryGateway;
import reactor.core.publisher.Mono;

/**
 * Carts as they were, at the prices and with the availability of then, which are rebuilt from the
 * events of each SKU that was in it. Thread-safe; never blocks.
 */
public final class PastCarts {

  private final PastReads past;
  private final QueryGateway queries;

  PastCarts(PastReads past, QueryGateway queries) {
    this.past = past;
    this.queries = queries;
  }

  /**
   * The cart at a point in the past.
   *
   * @return fails as {@link PastReads#at}, and with AMOUNT_TOO_LARGE when a line or the total
   *     cannot be told exactly; a null value when it was not opened yet
   */
  public Mono<Found<CartView>> at(CartId cartId, PointInTime point, long minPosition) {
    return past.at(
        point,
        minPosition,
        position ->
            past.fold(cartId.stream(), position, new PastCart(), PastCart::apply)
                .filter(PastCart::isOpened)
                .flatMap(cart -> view(cartId, cart, position)));
  }

  private Mono<CartView> view(CartId cartId, PastCart cart, long position) {
    List<Sku> skus = List.copyOf(cart.items().keySet());
    if (skus.isEmpty()) {
      return Mono.just(CartQueryHandler.view(cartId, cart.items(), Map.of(), cart.isCheckedOut()));
    }
    return Mono.fromFuture(() -> queries.query(new FindPastPrices(skus, position), Prices.class))
        .flatMap(
            prices ->
                Mono.fromFuture(
                        () ->
                            queries.query(
                                new FindPastAvailability(skus, position), PastAvailability.class))
                    .map(available -> offers(prices, available)))
        .map(offers -> CartQueryHandler.view(cartId, cart.items(), offers, cart.isCheckedOut()));
  }

  private static Map<Sku, Offer> offers(Prices prices, PastAvailability available) {
    Map<Sku, Offer> offers = new HashMap<>();
    for (PricedProduct product : prices.products()) {
      long units = available.units().getOrDefault(product.sku(), 0L);
      offers.put(
          product.sku(),
          new Offer(
              product.sku(),
              product.name(),
              product.price(),
              (int) Math.min(units, Integer.MAX_VALUE)));
    }
    return offers;
  }
}
