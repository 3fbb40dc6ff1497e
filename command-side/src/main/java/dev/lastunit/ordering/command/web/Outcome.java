package dev.lastunit.ordering.command.web;

import dev.lastunit.ordering.api.OrderEvent;
import dev.lastunit.ordering.api.OrderEvent.OrderCancelled;
import dev.lastunit.ordering.api.OrderEvent.OrderConfirmed;
import dev.lastunit.ordering.api.OrderEvent.OrderRejected;
import dev.lastunit.ordering.api.OrderQuery.OrderView;
import dev.lastunit.ordering.api.OrderStatus;
import dev.lastunit.ordering.api.RejectionReason;
import dev.lastunit.ordering.api.Shortage;
import java.util.List;

/**
 * What is known to have become of an order.
 *
 * @param reason null unless rejected
 * @param shortages null when they are not known
 * @param position a reader that has got so far sees it
 */
record Outcome(
    OrderStatus status, RejectionReason reason, List<Shortage> shortages, long position) {

  static Outcome of(Placed placed) {
    return new Outcome(placed.state().status(), placed.state().reason(), null, placed.position());
  }

  /**
   * What a deciding event says.
   *
   * @throws IllegalArgumentException for an event that decides nothing
   */
  static Outcome of(OrderEvent event, long position) {
    return switch (event) {
      case OrderConfirmed _ -> new Outcome(OrderStatus.CONFIRMED, null, null, position);
      case OrderRejected rejected ->
          new Outcome(OrderStatus.REJECTED, rejected.reason(), rejected.shortages(), position);
      case OrderCancelled _ -> new Outcome(OrderStatus.CANCELLED, null, null, position);
      default -> throw new IllegalArgumentException("Decides nothing: " + event);
    };
  }

  /**
   * What the read model adds: everything when nothing was decided yet, else only what was not
   * known.
   */
  Outcome with(OrderView view) {
    return status.decided()
        ? new Outcome(status, reason, shortages == null ? view.shortages() : shortages, position)
        : new Outcome(view.status(), view.reason(), view.shortages(), position);
  }

  /** Whether the read model has nothing to add to the answer. */
  boolean speaksForItself() {
    return status == OrderStatus.REJECTED
        && (reason != RejectionReason.OUT_OF_STOCK || shortages != null);
  }
}
