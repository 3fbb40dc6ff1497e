package dev.lastunit.audit.query.invariants;

import dev.lastunit.ordering.api.OrderEvent.OrderPlaced;
import dev.lastunit.shared.api.CustomerId;
import dev.lastunit.shared.api.OrderId;
import dev.lastunit.shared.api.RecordedEvent;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * A customer's idempotency key stands for one order, and an order is placed once. Checked: keys.
 */
final class OneOrderPerKey implements Invariant {

  private record Key(CustomerId customer, String key) {}

  private final Map<Key, OrderId> orders = new HashMap<>();
  private final Set<OrderId> placed = new HashSet<>();
  private final Violations violations = new Violations();

  @Override
  public String name() {
    return "one-order-per-key";
  }

  @Override
  public void apply(RecordedEvent event) {
    if (!(event.payload() instanceof OrderPlaced order)) {
      return;
    }
    OrderId first =
        orders.putIfAbsent(new Key(order.customerId(), order.idempotencyKey()), order.orderId());
    if (first != null && !first.equals(order.orderId())) {
      violations.add(
          "order " + order.orderId(),
          event.position(),
          "customer "
              + order.customerId()
              + " has order "
              + first
              + " for the same key "
              + order.idempotencyKey());
    }
    if (!placed.add(order.orderId())) {
      violations.add("order " + order.orderId(), event.position(), "was placed twice");
    }
  }

  @Override
  public Finding finish(Instant now) {
    return violations.finding(name(), orders.size());
  }
}
