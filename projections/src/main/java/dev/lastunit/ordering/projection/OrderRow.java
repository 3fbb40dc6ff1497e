package dev.lastunit.ordering.projection;

import dev.lastunit.fulfilment.api.ShipmentEvent;
import dev.lastunit.fulfilment.api.ShipmentStatus;
import dev.lastunit.ordering.api.OrderEvent;
import dev.lastunit.ordering.api.OrderLine;
import dev.lastunit.ordering.api.OrderQuery.OrderLineView;
import dev.lastunit.ordering.api.OrderQuery.ShipmentView;
import dev.lastunit.ordering.api.OrderQuery.TimelineEntry;
import dev.lastunit.ordering.api.OrderStatus;
import dev.lastunit.ordering.api.OrderSteps;
import dev.lastunit.ordering.api.RejectionReason;
import dev.lastunit.ordering.api.Shortage;
import dev.lastunit.payment.api.PaymentEvent;
import dev.lastunit.payment.api.PaymentProgress;
import dev.lastunit.payment.api.PaymentStatus;
import dev.lastunit.shared.api.CustomerId;
import dev.lastunit.shared.api.Event;
import dev.lastunit.shared.api.EventJson;
import dev.lastunit.shared.api.Money;
import dev.lastunit.shared.api.OrderId;
import dev.lastunit.shared.api.PaymentId;
import dev.lastunit.shared.api.RecordedEvent;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.core.type.TypeReference;

/**
 * One order on its way through a batch: the row as it is stored, or a new one, with the batch's
 * events folded in. A new row has lines; of a stored one the lines are not read, as they never
 * change.
 */
final class OrderRow {

  private static final TypeReference<List<TimelineEntry>> TIMELINE = new TypeReference<>() {};
  private static final TypeReference<List<ShipmentView>> SHIPMENTS = new TypeReference<>() {};
  private static final TypeReference<List<Shortage>> SHORTAGES = new TypeReference<>() {};

  final OrderId orderId;
  final boolean isNew;

  CustomerId customerId;
  Money total;
  Instant placedAt;
  long placedPosition;
  List<OrderLineView> lines = List.of();

  OrderStatus status;
  RejectionReason reason;
  List<Shortage> shortages = List.of();
  PaymentId paymentId;
  PaymentProgress payment = PaymentProgress.NONE;
  Instant expiresAt;
  final Map<String, ShipmentView> shipments = new LinkedHashMap<>();
  final List<TimelineEntry> timeline = new ArrayList<>();
  long position;

  private OrderRow(OrderId orderId, boolean isNew) {
    this.orderId = orderId;
    this.isNew = isNew;
  }

  static OrderRow fresh(OrderId orderId) {
    return new OrderRow(orderId, true);
  }

  /** Reads the columns that {@link OrdersProjection} selects. */
  static OrderRow stored(ResultSet columns) throws SQLException {
    OrderRow row = new OrderRow(new OrderId(columns.getString("order_id")), false);
    row.status = OrderStatus.valueOf(columns.getString("status"));
    String reason = columns.getString("reason");
    row.reason = reason == null ? null : RejectionReason.valueOf(reason);
    row.shortages = EventJson.mapper().readValue(columns.getString("shortages"), SHORTAGES);
    String paymentId = columns.getString("payment_id");
    row.paymentId = paymentId == null ? null : new PaymentId(paymentId);
    String paymentStatus = columns.getString("payment_status");
    row.payment =
        new PaymentProgress(
            paymentStatus == null ? null : PaymentStatus.valueOf(paymentStatus),
            columns.getBoolean("payment_requested"),
            columns.getLong("captured"),
            columns.getLong("refunded"));
    var expiresAt = columns.getObject("expires_at", OffsetDateTime.class);
    row.expiresAt = expiresAt == null ? null : expiresAt.toInstant();
    EventJson.mapper()
        .readValue(columns.getString("shipments"), SHIPMENTS)
        .forEach(shipment -> row.shipments.put(shipment.shipmentId(), shipment));
    row.timeline.addAll(EventJson.mapper().readValue(columns.getString("timeline"), TIMELINE));
    row.position = columns.getLong("position");
    return row;
  }

  /** Folds one event in; one that the row holds already changes nothing. */
  void apply(RecordedEvent recorded) {
    if (recorded.position() <= position) {
      return;
    }
    Event event = recorded.payload();
    switch (event) {
      case OrderEvent e -> order(e, recorded);
      case PaymentEvent e -> {
        paymentId = e.paymentId();
        payment = payment.after(e);
      }
      case ShipmentEvent e -> shipment(e);
      default -> throw new IllegalArgumentException("No event of an order: " + event);
    }
    String step = OrderSteps.nameOf(event);
    if (step != null) {
      timeline.add(new TimelineEntry(step, recorded.at(), recorded.position()));
    }
    position = recorded.position();
  }

  private void order(OrderEvent event, RecordedEvent recorded) {
    switch (event) {
      case OrderEvent.OrderPlaced e -> {
        customerId = e.customerId();
        total = e.total();
        placedAt = recorded.at();
        placedPosition = recorded.position();
        lines = e.lines().stream().map(OrderRow::view).toList();
      }
      case OrderEvent.OrderReserved e -> expiresAt = e.expiresAt();
      case OrderEvent.OrderConfirmed e -> expiresAt = null;
      case OrderEvent.OrderRejected e -> {
        reason = e.reason();
        shortages = e.shortages();
        expiresAt = null;
      }
      case OrderEvent.OrderCancelled e -> expiresAt = null;
      case OrderEvent.OrderShipped e -> {}
      case OrderEvent.OrderDelivered e -> {}
    }
    status = OrderSteps.statusAfter(event);
  }

  private void shipment(ShipmentEvent event) {
    String id = event.shipmentId().value();
    switch (event) {
      case ShipmentEvent.ShipmentPrepared e ->
          shipments.put(
              id,
              new ShipmentView(
                  id, e.location().value(), ShipmentStatus.PREPARED.text(), null, null));
      case ShipmentEvent.ShipmentDispatched e -> {
        ShipmentView known = known(id);
        shipments.put(
            id,
            new ShipmentView(
                id,
                known.location(),
                ShipmentStatus.DISPATCHED.text(),
                e.carrier(),
                e.trackingNumber()));
      }
      case ShipmentEvent.ShipmentDelivered e -> shipmentIs(id, ShipmentStatus.DELIVERED);
      case ShipmentEvent.ShipmentCancelled e -> shipmentIs(id, ShipmentStatus.CANCELLED);
    }
  }

  private void shipmentIs(String id, ShipmentStatus next) {
    ShipmentView known = known(id);
    shipments.put(
        id,
        new ShipmentView(
            id, known.location(), next.text(), known.carrier(), known.trackingNumber()));
  }

  private ShipmentView known(String id) {
    ShipmentView known = shipments.get(id);
    if (known == null) {
      throw new IllegalStateException("Shipment " + id + " was never prepared");
    }
    return known;
  }

  private static OrderLineView view(OrderLine line) {
    return new OrderLineView(
        line.sku(),
        line.name(),
        line.quantity(),
        line.unitPrice(),
        line.unitPrice().times(line.quantity()));
  }
}
