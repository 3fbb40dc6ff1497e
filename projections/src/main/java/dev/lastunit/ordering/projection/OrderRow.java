package dev.lastunit.ordering.projection;

import dev.lastunit.ordering.api.OrderEvent.OrderPlaced;
import dev.lastunit.ordering.api.OrderProgress;
import dev.lastunit.ordering.api.OrderQuery.ReturnView;
import dev.lastunit.ordering.api.OrderQuery.ShipmentView;
import dev.lastunit.ordering.api.OrderQuery.TimelineEntry;
import dev.lastunit.ordering.api.OrderStatus;
import dev.lastunit.ordering.api.PlacedOrder;
import dev.lastunit.ordering.api.RejectionReason;
import dev.lastunit.ordering.api.Shortage;
import dev.lastunit.payment.api.PaymentProgress;
import dev.lastunit.payment.api.PaymentStatus;
import dev.lastunit.shared.api.EventJson;
import dev.lastunit.shared.api.OrderId;
import dev.lastunit.shared.api.PaymentId;
import dev.lastunit.shared.api.RecordedEvent;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.OffsetDateTime;
import java.util.List;
import tools.jackson.core.type.TypeReference;

/**
 * One order on its way through a batch: how far it had got before, and with the batch's events. Of
 * an order that the table holds already, what it was placed with is not read, as it never changes.
 */
final class OrderRow {

  private static final TypeReference<List<TimelineEntry>> TIMELINE = new TypeReference<>() {};
  private static final TypeReference<List<ShipmentView>> SHIPMENTS = new TypeReference<>() {};
  private static final TypeReference<List<ReturnView>> RETURNS = new TypeReference<>() {};
  private static final TypeReference<List<Shortage>> SHORTAGES = new TypeReference<>() {};

  final OrderId orderId;

  /** Position of the row in the table; 0 when there is none. */
  final long before;

  /** Null unless the batch places the order. */
  PlacedOrder placed;

  OrderProgress progress;

  /** An order as the table has it; {@link OrderProgress#NONE} when it has none. */
  OrderRow(OrderId orderId, OrderProgress progress) {
    this.orderId = orderId;
    this.progress = progress;
    this.before = progress.position();
  }

  /** Reads the columns that {@link OrdersProjection} selects. */
  static OrderRow stored(ResultSet columns) throws SQLException {
    String reason = columns.getString("reason");
    String paymentId = columns.getString("payment_id");
    String paymentStatus = columns.getString("payment_status");
    String returns = columns.getString("returns");
    var expiresAt = columns.getObject("expires_at", OffsetDateTime.class);
    return new OrderRow(
        new OrderId(columns.getString("order_id")),
        new OrderProgress(
            OrderStatus.valueOf(columns.getString("status")),
            reason == null ? null : RejectionReason.valueOf(reason),
            EventJson.mapper().readValue(columns.getString("shortages"), SHORTAGES),
            paymentId == null ? null : new PaymentId(paymentId),
            new PaymentProgress(
                paymentStatus == null ? null : PaymentStatus.valueOf(paymentStatus),
                columns.getBoolean("payment_requested"),
                columns.getLong("captured"),
                columns.getLong("refunded")),
            expiresAt == null ? null : expiresAt.toInstant(),
            EventJson.mapper().readValue(columns.getString("shipments"), SHIPMENTS),
            returns == null ? List.of() : EventJson.mapper().readValue(returns, RETURNS),
            EventJson.mapper().readValue(columns.getString("timeline"), TIMELINE),
            columns.getLong("position")));
  }

  /** Folds one event in; one that the row holds already changes nothing. */
  void apply(RecordedEvent recorded) {
    if (before == 0 && placed == null) {
      if (!(recorded.payload() instanceof OrderPlaced first)) {
        throw new IllegalStateException(
            "Order "
                + orderId
                + " was never placed, but position "
                + recorded.position()
                + " speaks of it");
      }
      placed = PlacedOrder.of(first, recorded.at(), recorded.position());
    }
    progress = progress.after(recorded);
  }

  /** Whether the batch changes an order that the table holds. */
  boolean isChanged() {
    return placed == null && progress.position() > before;
  }
}
