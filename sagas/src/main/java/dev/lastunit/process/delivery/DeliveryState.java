package dev.lastunit.process.delivery;

import dev.lastunit.process.engine.ProcessState;
import dev.lastunit.shared.api.OrderId;
import dev.lastunit.shared.api.ShipmentId;
import java.util.Set;

/**
 * The shipments of one order that have not arrived.
 *
 * @param open shipments that are still to arrive; empty when all have
 */
record DeliveryState(OrderId orderId, Set<ShipmentId> open) implements ProcessState {

  DeliveryState {
    open = open == null ? Set.of() : Set.copyOf(open);
  }

  @Override
  public String step() {
    return active() ? "RECORDING" : "UNDER_WAY";
  }

  @Override
  public boolean active() {
    return open.isEmpty();
  }
}
