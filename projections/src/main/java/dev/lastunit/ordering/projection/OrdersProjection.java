package dev.lastunit.ordering.projection;

import dev.lastunit.ordering.api.OrderEvent.OrderPlaced;
import dev.lastunit.ordering.api.OrderProgress;
import dev.lastunit.ordering.api.PlacedOrder;
import dev.lastunit.shared.api.Event;
import dev.lastunit.shared.api.EventBatchHandler;
import dev.lastunit.shared.api.EventJson;
import dev.lastunit.shared.api.OrderId;
import dev.lastunit.shared.api.RecordedEvent;
import dev.lastunit.shared.projection.RowBatch;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.springframework.jdbc.core.JdbcTemplate;

/**
 * What became of an order: the table {@code ordering.order_view}, one row an order, from the events
 * of orders, payments and shipments. All three in one handler, so that a row is of one position.
 *
 * <p>A batch costs one insert and one update at most, however many events it holds, and one read of
 * those rows that were not written a short while ago: how far the latest orders have got is kept in
 * memory. What is kept counts only as long as the table agrees. Each row holds the position of its
 * last event, and an update names the position that it goes on from; where another node has written
 * the row meanwhile, nothing matches, and the batch is folded once more from the table. The same
 * position makes an event that the row holds already change nothing, so a batch may be handled
 * again.
 *
 * <p>Errors propagate and stop the handler. An event of a payment or shipment whose order is not
 * known is such an error: the order's first event always comes before them.
 */
final class OrdersProjection implements EventBatchHandler {

  private static final String NAME = "ordering.orders";

  private static final String STORED =
      """
      select order_id, status, reason, shortages, payment_id, payment_status, payment_requested,
             captured, refunded, expires_at, shipments, returns, timeline, position
        from ordering.order_view
       where order_id = any(?)
      """;

  private static final String INSERT =
      """
      insert into ordering.order_view (
        order_id, customer_id, status, reason, currency, total, placed_at, placed_position,
        line_count, lines, shortages, payment_id, payment_status, payment_requested,
        captured, refunded, expires_at, shipments, returns, timeline, position)
      select * from unnest(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
      on conflict (order_id) do nothing
      """;

  private static final String UPDATE =
      """
      update ordering.order_view o
         set status = n.status, reason = n.reason, shortages = n.shortages,
             payment_id = n.payment_id, payment_status = n.payment_status,
             payment_requested = n.payment_requested, captured = n.captured,
             refunded = n.refunded, expires_at = n.expires_at, shipments = n.shipments,
             returns = n.returns, timeline = n.timeline, position = n.position
        from unnest(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) as n (
               order_id, status, reason, shortages, payment_id, payment_status, payment_requested,
               captured, refunded, expires_at, shipments, returns, timeline, position, before)
       where o.order_id = n.order_id and o.position = n.before
      """;

  /** Orders kept in memory; most have all their events within a second. About 2 KB each. */
  private static final int KEPT_ORDERS = 5_000;

  /**
   * An order with more steps, shipments, returns and shortages than this is read when it is needed.
   */
  private static final int KEPT_DETAILS = 100;

  private final JdbcTemplate jdbc;

  /** How far the latest orders have got in the table, the least recently written ones first. */
  private final Map<OrderId, OrderProgress> kept =
      new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<OrderId, OrderProgress> eldest) {
          return size() > KEPT_ORDERS;
        }
      };

  /** What the batch in hand has written; kept once it has committed. */
  private Map<OrderId, OrderRow> written = Map.of();

  OrdersProjection(JdbcTemplate jdbc) {
    this.jdbc = jdbc;
  }

  @Override
  public String name() {
    return NAME;
  }

  /**
   * Longer than usual: an order's events come within milliseconds of each other, each write of a
   * row writes all of it, and the answer to an order does not wait for its row.
   */
  @Override
  public Duration pace() {
    return Duration.ofMillis(60);
  }

  @Override
  public Set<Class<? extends Event>> concerns() {
    return Set.copyOf(OrderProgress.CONCERNS);
  }

  @Override
  public void handle(List<RecordedEvent> batch) {
    Map<OrderId, List<RecordedEvent>> events = new LinkedHashMap<>();
    for (RecordedEvent event : batch) {
      OrderId order = OrderProgress.orderOf(event.payload());
      if (order != null) {
        events.computeIfAbsent(order, key -> new ArrayList<>()).add(event);
      }
    }
    if (!goOn(events)) {
      kept.clear();
      written = rows(events, null);
      if (!write(written.values())) {
        throw new IllegalStateException("Somebody else writes orders at the same time");
      }
    }
  }

  /** Writes the batch by what is kept; false when the table is not where that says. */
  private boolean goOn(Map<OrderId, List<RecordedEvent>> events) {
    try {
      written = rows(events, kept);
    } catch (IllegalStateException | ArithmeticException e) {
      // Events do not fit what is kept, since others came before them. If they do not fit the
      // table either, it is told then.
      return false;
    }
    return write(written.values());
  }

  /** Not before: what a batch that failed has written was never there. */
  @Override
  public void committed() {
    written.forEach(
        (order, row) -> {
          if (isSmall(row.progress)) {
            kept.put(order, row.progress);
          } else {
            kept.remove(order);
          }
        });
    written = Map.of();
  }

  private static boolean isSmall(OrderProgress progress) {
    return progress.shortages().size()
            + progress.shipments().size()
            + progress.returns().size()
            + progress.timeline().size()
        <= KEPT_DETAILS;
  }

  /**
   * The orders with their events folded in.
   *
   * @param known how far orders have got, and then those that the batch places are taken for new;
   *     null to read each of them from the table
   */
  private Map<OrderId, OrderRow> rows(
      Map<OrderId, List<RecordedEvent>> events, Map<OrderId, OrderProgress> known) {
    Map<OrderId, OrderRow> rows = new LinkedHashMap<>();
    Set<String> unknown = new LinkedHashSet<>();
    events.forEach(
        (order, its) -> {
          RecordedEvent first = its.getFirst();
          OrderProgress progress = known == null ? null : known.get(order);
          if (progress == null && known != null && first.payload() instanceof OrderPlaced) {
            progress = OrderProgress.NONE;
          }
          // Events that come again say that the table may not be where it was.
          if (progress == null || first.position() <= progress.position()) {
            unknown.add(order.value());
          } else {
            rows.put(order, new OrderRow(order, progress));
          }
        });
    if (!unknown.isEmpty()) {
      read(unknown, rows);
    }
    events.forEach(
        (order, its) -> {
          OrderRow row =
              rows.computeIfAbsent(order, missing -> new OrderRow(missing, OrderProgress.NONE));
          its.forEach(row::apply);
        });
    return rows;
  }

  private void read(Set<String> orders, Map<OrderId, OrderRow> rows) {
    jdbc.query(
        connection -> {
          var statement = connection.prepareStatement(STORED);
          statement.setArray(1, connection.createArrayOf("text", orders.toArray()));
          return statement;
        },
        columns -> {
          OrderRow row = OrderRow.stored(columns);
          rows.put(row.orderId, row);
        });
  }

  /**
   * Writes what the batch has changed.
   *
   * @return whether the table was where the rows say; if not, rows have been left out
   */
  private boolean write(Collection<OrderRow> rows) {
    RowBatch inserts =
        new RowBatch(
            "text",
            "text",
            "text",
            "text",
            "text",
            "int8",
            "timestamptz",
            "int8",
            "int4",
            "text",
            "text",
            "text",
            "text",
            "bool",
            "int8",
            "int8",
            "timestamptz",
            "text",
            "text",
            "text",
            "int8");
    RowBatch updates =
        new RowBatch(
            "text",
            "text",
            "text",
            "text",
            "text",
            "text",
            "bool",
            "int8",
            "int8",
            "timestamptz",
            "text",
            "text",
            "text",
            "int8",
            "int8");
    int added = 0;
    int changed = 0;
    for (OrderRow row : rows) {
      OrderProgress progress = row.progress;
      if (row.placed != null) {
        PlacedOrder placed = row.placed;
        added++;
        inserts.add(
            row.orderId.value(),
            placed.customerId().value(),
            progress.status().name(),
            name(progress.reason()),
            placed.total().currency(),
            placed.total().amount(),
            placed.at(),
            placed.position(),
            placed.lines().size(),
            json(placed.lines()),
            json(progress.shortages()),
            progress.paymentId() == null ? null : progress.paymentId().value(),
            name(progress.payment().status()),
            progress.payment().requested(),
            progress.payment().captured(),
            progress.payment().refunded(),
            progress.expiresAt(),
            json(progress.shipments()),
            progress.returns().isEmpty() ? null : json(progress.returns()),
            json(progress.timeline()),
            progress.position());
      } else if (row.isChanged()) {
        changed++;
        updates.add(
            row.orderId.value(),
            progress.status().name(),
            name(progress.reason()),
            json(progress.shortages()),
            progress.paymentId() == null ? null : progress.paymentId().value(),
            name(progress.payment().status()),
            progress.payment().requested(),
            progress.payment().captured(),
            progress.payment().refunded(),
            progress.expiresAt(),
            json(progress.shipments()),
            progress.returns().isEmpty() ? null : json(progress.returns()),
            json(progress.timeline()),
            progress.position(),
            row.before);
      }
    }
    int inserted = inserts.write(jdbc, INSERT);
    int updated = updates.write(jdbc, UPDATE);
    return inserted == added && updated == changed;
  }

  private static String name(Enum<?> value) {
    return value == null ? null : value.name();
  }

  private static String json(Object value) {
    return EventJson.mapper().writeValueAsString(value);
  }
}
