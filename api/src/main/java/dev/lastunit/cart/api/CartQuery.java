package dev.lastunit.cart.api;

import dev.lastunit.shared.api.CartId;
import dev.lastunit.shared.api.CustomerId;
import dev.lastunit.shared.api.Money;
import dev.lastunit.shared.api.Sku;
import java.util.List;

/** Questions about carts, over Axon's query bus. */
public sealed interface CartQuery {

  /** The cart as its owner sees it; the answer is null when there is none for this customer. */
  record FindCart(CartId cartId, CustomerId customerId, long minPosition) implements CartQuery {}

  /**
   * A cart with current prices and availability.
   *
   * @param total sum of the lines with a price; null when the cart is empty or holds no priced line
   * @param status {@code open} or {@code checked-out}
   */
  record CartView(CartId cartId, List<CartLineView> items, Money total, String status) {}

  /**
   * One SKU of a cart.
   *
   * @param name null when the SKU is not listed any more, like its price
   * @param available units that a buyer could get now
   */
  record CartLineView(
      Sku sku, String name, int quantity, Money unitPrice, Money lineTotal, int available) {}
}
