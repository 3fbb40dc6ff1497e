package dev.lastunit.cart.api;

import dev.lastunit.shared.api.CartId;
import dev.lastunit.shared.api.CustomerId;
import dev.lastunit.shared.api.Event;
import dev.lastunit.shared.api.OrderId;
import dev.lastunit.shared.api.Sku;
import org.axonframework.serialization.Revision;

/** What happened to a cart. Published by the Cart aggregate, in order for each cart. */
public sealed interface CartEvent extends Event {

  CartId cartId();

  /** A customer has an empty cart. */
  @Revision("1")
  record CartOpened(CartId cartId, CustomerId customerId) implements CartEvent {}

  /** The cart holds so many units of a SKU from now on; at least 1. */
  @Revision("1")
  record CartItemSet(CartId cartId, Sku sku, int quantity) implements CartEvent {}

  /** The SKU was taken out. */
  @Revision("1")
  record CartItemRemoved(CartId cartId, Sku sku) implements CartEvent {}

  /** An order has the cart. */
  @Revision("1")
  record CartCheckedOut(CartId cartId, OrderId orderId) implements CartEvent {}

  /** The order was rejected; the cart can be changed and ordered again. */
  @Revision("1")
  record CartReopened(CartId cartId, OrderId orderId) implements CartEvent {}
}
