package dev.lastunit.ordering.command.web;

import dev.lastunit.ordering.api.OrderCommand.FindPlacedOrder;
import dev.lastunit.ordering.api.OrderCommand.PlaceOrder;
import dev.lastunit.shared.api.Caller;
import dev.lastunit.shared.api.OrderId;

/**
 * One request to buy.
 *
 * @param orderId derived from the caller's subject and the key
 * @param fingerprint of the purchase
 * @param minPosition the catalogue must have got this far, 0 for any
 */
record Intent(
    Caller caller,
    String key,
    OrderId orderId,
    Purchase purchase,
    String fingerprint,
    long minPosition) {

  FindPlacedOrder find() {
    return new FindPlacedOrder(orderId, fingerprint);
  }

  PlaceOrder place(Pricing.Priced priced) {
    return new PlaceOrder(
        orderId,
        caller.subject(),
        key,
        fingerprint,
        purchase.cartId(),
        priced.lines(),
        priced.total(),
        purchase.address(),
        purchase.payment());
  }
}
