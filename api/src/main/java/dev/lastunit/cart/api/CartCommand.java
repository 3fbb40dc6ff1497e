package dev.lastunit.cart.api;

import dev.lastunit.shared.api.CartId;
import dev.lastunit.shared.api.Command;
import dev.lastunit.shared.api.CustomerId;
import dev.lastunit.shared.api.OrderId;
import dev.lastunit.shared.api.Sku;

/** What can be asked of a cart. A cart of another customer is NOT_FOUND. All are safe to repeat. */
public sealed interface CartCommand<R> extends Command<R> {

  CartId cartId();

  @Override
  default String stream() {
    return cartId().stream();
  }

  /** Opens an empty cart. */
  record OpenCart(CartId cartId, CustomerId customerId) implements CartCommand<Void> {}

  /**
   * Sets the units of one SKU; 0 removes it. Refused with CART_CHECKED_OUT after checkout and with
   * CART_FULL beyond 2,000 SKUs.
   *
   * @param quantity units, 0 to 1,000,000
   */
  record SetCartItem(CartId cartId, CustomerId customerId, Sku sku, int quantity)
      implements CartCommand<Void> {}

  /** Answers what is in the cart, from the aggregate itself; records nothing. */
  record ReadCart(CartId cartId, CustomerId customerId) implements CartCommand<CartContents> {}

  /**
   * Ties the cart to an order. Refused with CART_CHANGED when the cart is no longer at {@code
   * revision}, and with CART_CHECKED_OUT (fact {@code orderId}) when another order has it.
   */
  record CheckOutCart(CartId cartId, CustomerId customerId, OrderId orderId, long revision)
      implements CartCommand<Void> {}

  /**
   * Gives the cart back to its owner because its order was rejected. Does nothing when another
   * order has it by now.
   */
  record ReopenCart(CartId cartId, OrderId orderId) implements CartCommand<Void> {}
}
