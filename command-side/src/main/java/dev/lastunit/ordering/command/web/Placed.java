package dev.lastunit.ordering.command.web;

import dev.lastunit.ordering.api.OrderCommand.PlaceOrder;
import dev.lastunit.ordering.api.OrderState;

/**
 * An order that is in the event store.
 *
 * @param state as its aggregate told
 * @param order what was placed now; null in a replay, whose lines may have had other prices
 * @param position a reader that has got so far sees the order
 */
record Placed(OrderState state, PlaceOrder order, long position) {

  boolean replayed() {
    return order == null;
  }
}
