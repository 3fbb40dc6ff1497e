package dev.lastunit.catalogue.api;

import dev.lastunit.shared.api.Command;
import dev.lastunit.shared.api.Sku;

/**
 * What can be asked of a product. The stream is {@code product-<sku>}.
 *
 * <p>All are safe to repeat: a repeat changes nothing and is answered as the first time.
 */
public sealed interface ProductCommand<R> extends Command<R> {

  Sku sku();

  @Override
  default String stream() {
    return "product-" + sku().value();
  }

  /** A product changes seldom, and only imports bring many; buyers have no use for it here. */
  @Override
  default boolean expectsMore() {
    return false;
  }

  /** What {@link PutProduct} did. */
  enum PutOutcome {
    ADDED,
    CHANGED,
    UNCHANGED
  }

  /** Adds the product, or replaces its details. A delisted product is added again. */
  record PutProduct(Sku sku, ProductDetails details) implements ProductCommand<PutOutcome> {}

  /**
   * Takes the product out of the catalogue; refused with NOT_FOUND when it was never there. Its
   * history stays.
   */
  record DelistProduct(Sku sku) implements ProductCommand<Void> {}
}
