package dev.lastunit.catalogue.api;

import dev.lastunit.shared.api.Money;
import dev.lastunit.shared.api.Sku;
import java.util.List;

/** Questions that other contexts ask of the catalogue, over Axon's query bus. */
public sealed interface CatalogueQuery {

  /**
   * Names and prices of some SKUs; those that are not listed are missing from the answer.
   *
   * @param skus up to 10,000
   * @param minPosition the answer must hold every change up to here, 0 for any
   */
  record FindPrices(List<Sku> skus, long minPosition) implements CatalogueQuery {}

  /**
   * The same as it was at a point in the past, answered from the products' events.
   *
   * @param skus up to 10,000
   * @param position of the store; not beyond its end
   */
  record FindPastPrices(List<Sku> skus, long position) implements CatalogueQuery {}

  /** A listed product, and what one unit costs. */
  record PricedProduct(Sku sku, String name, Money price) {}

  /**
   * The answer to {@link FindPrices} and {@link FindPastPrices}, each SKU once, in no particular
   * order.
   */
  record Prices(List<PricedProduct> products) {}

  /**
   * Names, prices and availability of some SKUs; those that are not listed are missing from the
   * answer.
   *
   * @param skus up to 10,000
   * @param minPosition the read model must have got this far, 0 for any
   */
  record FindOffers(List<Sku> skus, long minPosition) implements CatalogueQuery {}

  /**
   * What a SKU is offered at.
   *
   * @param available units that a buyer could still get; 0 or more
   */
  record Offer(Sku sku, String name, Money price, int available) {}

  /** The answer to {@link FindOffers}, in no particular order. */
  record Offers(List<Offer> offers) {}
}
