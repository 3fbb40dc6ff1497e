package dev.lastunit.cart.command;

import dev.lastunit.shared.api.CartId;
import dev.lastunit.shared.api.CustomerId;
import dev.lastunit.shared.api.OrderId;
import dev.lastunit.shared.api.Sku;
import java.util.LinkedHashMap;

/**
 * What decisions about a cart need to know. Not a record: its map is changed in place, so that
 * loading a long stream does not copy it once for each event. Only {@link CartRules#evolve} changes
 * it.
 */
final class CartFacts {

  CartId cartId;
  CustomerId customerId;

  /**
   * Units by SKU in the order in which they were put in; 0 to {@value CartRules#MAX_SKUS} entries.
   */
  LinkedHashMap<Sku, Integer> items = new LinkedHashMap<>();

  /** Number of events so far. */
  long revision;

  /** The order that has the cart; null while it is open. */
  OrderId checkedOutBy;
}
