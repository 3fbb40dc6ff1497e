package dev.lastunit.ordering.projection;

import dev.lastunit.fulfilment.api.ShipmentEvent;
import dev.lastunit.ordering.api.OrderEvent;
import dev.lastunit.payment.api.PaymentEvent;
import dev.lastunit.shared.api.Event;
import dev.lastunit.shared.api.EventBatchHandler;
import dev.lastunit.shared.api.EventJson;
import dev.lastunit.shared.api.OrderId;
import dev.lastunit.shared.api.RecordedEvent;
import dev.lastunit.shared.projection.RowBatch;
import java.time.Duration;
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
 * <p>A batch costs one read of the rows that it touches, one insert and one update, however many
 * events it holds. Each row keeps the position of its last event; an event that the row holds
 * already changes nothing, so a batch may be handled again.
 *
 * <p>Errors propagate and stop the handler. An event of a payment or shipment whose order is not
 * known is such an error: the order's first event always comes before them.
 */
final class OrdersProjection implements EventBatchHandler {

  private static final String NAME = "ordering.orders";

  private static final String STORED =
      """
      select order_id, status, reason, shortages, payment_id, payment_status, payment_requested,
             captured, refunded, expires_at, shipments, timeline, position
        from ordering.order_view
       where order_id = any(?)
      """;

  private static final String INSERT =
      """
      insert into ordering.order_view (
        order_id, customer_id, status, reason, currency, total, placed_at, placed_position,
        line_count, lines, shortages, payment_id, payment_status, payment_requested,
        captured, refunded, expires_at, shipments, timeline, position)
      select * from unnest(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
      """;

  private static final String UPDATE =
      """
      update ordering.order_view o
         set status = n.status, reason = n.reason, shortages = n.shortages,
             payment_id = n.payment_id, payment_status = n.payment_status,
             payment_requested = n.payment_requested, captured = n.captured,
             refunded = n.refunded, expires_at = n.expires_at, shipments = n.shipments,
             timeline = n.timeline, position = n.position
        from unnest(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) as n (
               order_id, status, reason, shortages, payment_id, payment_status, payment_requested,
               captured, refunded, expires_at, shipments, timeline, position)
       where o.order_id = n.order_id
      """;

  private final JdbcTemplate jdbc;

  OrdersProjection(JdbcTemplate jdbc) {
    this.jdbc = jdbc;
  }

  @Override
  public String name() {
    return NAME;
  }

  /** Shorter than usual, as the answer to an order waits for its row. */
  @Override
  public Duration pace() {
    return Duration.ofMillis(8);
  }

  @Override
  public Set<Class<? extends Event>> concerns() {
    return Set.of(OrderEvent.class, PaymentEvent.class, ShipmentEvent.class);
  }

  @Override
  public void handle(List<RecordedEvent> batch) {
    Set<String> touched = new LinkedHashSet<>();
    for (RecordedEvent event : batch) {
      OrderId order = orderOf(event.payload());
      if (order != null) {
        touched.add(order.value());
      }
    }
    if (touched.isEmpty()) {
      return;
    }
    Map<OrderId, OrderRow> rows = stored(touched);
    for (RecordedEvent event : batch) {
      OrderId order = orderOf(event.payload());
      if (order != null) {
        row(rows, order, event).apply(event);
      }
    }
    write(rows);
  }

  private static OrderId orderOf(Event event) {
    return switch (event) {
      case OrderEvent e -> e.orderId();
      case PaymentEvent e -> e.orderId();
      case ShipmentEvent e -> e.orderId();
      default -> null;
    };
  }

  private static OrderRow row(Map<OrderId, OrderRow> rows, OrderId order, RecordedEvent event) {
    OrderRow row = rows.get(order);
    if (row == null) {
      if (!(event.payload() instanceof OrderEvent.OrderPlaced)) {
        throw new IllegalStateException(
            "Order "
                + order
                + " was never placed, but position "
                + event.position()
                + " speaks of it");
      }
      row = OrderRow.fresh(order);
      rows.put(order, row);
    }
    return row;
  }

  private Map<OrderId, OrderRow> stored(Set<String> orders) {
    Map<OrderId, OrderRow> rows = new LinkedHashMap<>();
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
    return rows;
  }

  private void write(Map<OrderId, OrderRow> rows) {
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
            "int8");
    for (OrderRow row : rows.values()) {
      if (row.isNew) {
        inserts.add(
            row.orderId.value(),
            row.customerId.value(),
            row.status.name(),
            name(row.reason),
            row.total.currency(),
            row.total.amount(),
            row.placedAt,
            row.placedPosition,
            row.lines.size(),
            json(row.lines),
            json(row.shortages),
            row.paymentId == null ? null : row.paymentId.value(),
            name(row.payment.status()),
            row.payment.requested(),
            row.payment.captured(),
            row.payment.refunded(),
            row.expiresAt,
            json(List.copyOf(row.shipments.values())),
            json(row.timeline),
            row.position);
      } else {
        updates.add(
            row.orderId.value(),
            row.status.name(),
            name(row.reason),
            json(row.shortages),
            row.paymentId == null ? null : row.paymentId.value(),
            name(row.payment.status()),
            row.payment.requested(),
            row.payment.captured(),
            row.payment.refunded(),
            row.expiresAt,
            json(List.copyOf(row.shipments.values())),
            json(row.timeline),
            row.position);
      }
    }
    inserts.write(jdbc, INSERT);
    updates.write(jdbc, UPDATE);
  }

  private static String name(Enum<?> value) {
    return value == null ? null : value.name();
  }

  private static String json(Object value) {
    return EventJson.mapper().writeValueAsString(value);
  }
}
