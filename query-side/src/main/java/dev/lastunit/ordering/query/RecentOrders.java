package dev.lastunit.ordering.query;

import dev.lastunit.ordering.api.OrderEvent.OrderPlaced;
import dev.lastunit.ordering.api.OrderProgress;
import dev.lastunit.ordering.api.OrderQuery.OrderView;
import dev.lastunit.ordering.api.PlacedOrder;
import dev.lastunit.shared.api.CustomerId;
import dev.lastunit.shared.api.LiveEvents;
import dev.lastunit.shared.api.OrderId;
import dev.lastunit.shared.api.RecordedEvent;
import java.util.ArrayDeque;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The orders that were placed a short while ago, folded in memory from the events as they come, so
 * that whoever has just bought something is answered without a read model.
 *
 * <p>An order is held from its first event on or not at all: each one held is complete up to {@link
 * #position()}. The oldest are dropped when there are too many orders or too many lines; what
 * cannot be folded is dropped as well. {@link OrderReads} reads those from the table.
 *
 * <p>Threads: events come on one thread, that of the store's tail; everything else may be called on
 * any thread. Never blocks.
 */
final class RecentOrders {

  private static final Logger LOG = LoggerFactory.getLogger(RecentOrders.class);

  /** Most orders held, about 2 KB each without their lines. */
  static final int ORDERS = 20_000;

  /** Most lines of all orders held, about 200 bytes each. */
  static final int LINES = 200_000;

  private record Held(PlacedOrder placed, OrderProgress progress) {}

  private final int mostOrders;
  private final int mostLines;
  private final Map<OrderId, Held> orders = new ConcurrentHashMap<>();

  /** Position of the last event of any order held, for each of their buyers. */
  private final Map<CustomerId, Long> customers = new ConcurrentHashMap<>();

  /** In the order in which they were placed; may name some that are not held any more. */
  private final Queue<OrderId> oldestFirst = new ArrayDeque<>();

  final AtomicLong shown = new AtomicLong();
  private long lines;
  private volatile long position;
  private volatile long forgotten;

  /**
   * @param mostOrders held at once, at least 1
   * @param mostLines of all orders held, at least as many as one order may have
   */
  RecentOrders(int mostOrders, int mostLines) {
    this.mostOrders = mostOrders;
    this.mostLines = mostLines;
  }

  /** Begins to follow; for as long as both live. */
  void follow(LiveEvents live) {
    live.watchAll(this::see);
  }

  /**
   * Position up to which every event has been folded in; 0 before the first has come. Orders found
   * after this call are at least as new.
   */
  long position() {
    return position;
  }

  /** The order as clients see it; null when it is not held, whether or not there is one. */
  OrderView find(OrderId orderId) {
    Held held = orders.get(orderId);
    return held == null ? null : held.placed.view(held.progress);
  }

  /**
   * What a table must have reached, so that nobody sees less of an order that was dropped here than
   * was seen before.
   */
  long forgotten() {
    return forgotten;
  }

  /**
   * What a table must have reached, so that a list of the customer's orders shows no less than each
   * of them alone.
   */
  long lastOf(CustomerId customer) {
    return Math.max(forgotten, customers.getOrDefault(customer, 0L));
  }

  /** Position of the latest row that anybody was shown from the table. */
  long shown() {
    return shown.get();
  }

  /** Takes note that somebody was shown a row of this position from the table. */
  void showed(long rowPosition) {
    shown.accumulateAndGet(rowPosition, Math::max);
  }

  private void see(RecordedEvent event) {
    if (position != 0 && event.position() != position + 1) {
      LOG.warn(
          "Position {} came after {}; recent orders are read from the table",
          event.position(),
          position);
      startOver(Math.max(forgotten, position));
    }
    OrderId order = OrderProgress.orderOf(event.payload());
    if (order != null) {
      fold(order, event);
    }
    position = event.position();
  }

  /**
   * Drops every order.
   *
   * @param forgottenUpTo position of the last event that may have been seen here
   */
  void startOver(long forgottenUpTo) {
    forgotten = forgottenUpTo;
    position = 0;
    orders.clear();
    customers.clear();
    oldestFirst.clear();
    lines = 0;
  }

  private void fold(OrderId order, RecordedEvent event) {
    try {
      Held held = orders.get(order);
      boolean placed = held == null && event.payload() instanceof OrderPlaced;
      if (placed) {
        OrderPlaced first = (OrderPlaced) event.payload();
        held = new Held(PlacedOrder.of(first, event.at(), event.position()), OrderProgress.NONE);
      }
      if (held == null) {
        return;
      }
      held = new Held(held.placed, held.progress.after(event));
      if (placed) {
        oldestFirst.add(order);
        lines += held.placed.lines().size();
      }
      orders.put(order, held);
      customers.put(held.placed.customerId(), event.position());
      while (orders.size() > mostOrders || lines > mostLines) {
        drop(oldestFirst.remove());
      }
    } catch (RuntimeException e) {
      LOG.warn("Order {} is read from the table from position {} on", order, event.position(), e);
      drop(order);
    }
  }

  private void drop(OrderId order) {
    Held held = orders.get(order);
    if (held == null) {
      return;
    }
    // Before it is gone, so that whoever misses it knows what the table must have reached.
    forgotten = Math.max(forgotten, held.progress.position());
    orders.remove(order);
    lines -= held.placed.lines().size();
    customers.remove(held.placed.customerId(), held.progress.position());
  }
}
