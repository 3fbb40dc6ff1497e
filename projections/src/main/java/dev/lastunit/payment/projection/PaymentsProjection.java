package dev.lastunit.payment.projection;

import dev.lastunit.payment.api.PaymentEvent;
import dev.lastunit.payment.api.PaymentProgress;
import dev.lastunit.payment.api.PaymentStatus;
import dev.lastunit.shared.api.Event;
import dev.lastunit.shared.api.EventBatchHandler;
import dev.lastunit.shared.api.PaymentId;
import dev.lastunit.shared.api.RecordedEvent;
import dev.lastunit.shared.projection.RowBatch;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.springframework.jdbc.core.JdbcTemplate;

/**
 * How a payment stands: the table {@code payment.payment_view}, one row a payment.
 *
 * <p>A batch costs one read of the rows that it touches and one upsert. Each row keeps the position
 * of its last event; an event that the row holds already changes nothing, so a batch may be handled
 * again. Errors propagate and stop the handler.
 */
final class PaymentsProjection implements EventBatchHandler {

  private static final String NAME = "payment.payments";

  private static final String STORED =
      "select * from payment.payment_view where payment_id = any(?)";

  private static final String UPSERT =
      """
      insert into payment.payment_view (
        payment_id, order_id, customer_id, status, requested, currency, amount,
        captured, refunded, method, provider, charge_id, decline_code, opened_at, changed_at,
        position)
      select * from unnest(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
      on conflict (payment_id) do update
         set customer_id = excluded.customer_id, status = excluded.status,
             requested = excluded.requested, currency = excluded.currency,
             amount = excluded.amount,
             captured = excluded.captured, refunded = excluded.refunded,
             method = excluded.method, provider = excluded.provider,
             charge_id = excluded.charge_id, decline_code = excluded.decline_code,
             changed_at = excluded.changed_at, position = excluded.position
      """;

  /** One payment on its way through a batch. */
  private static final class Row {
    private final PaymentId paymentId;
    private String orderId;
    private String customerId;
    private PaymentProgress progress = PaymentProgress.NONE;
    private String currency;
    private Long amount;
    private String method;
    private String provider;
    private String chargeId;
    private String declineCode;
    private Instant openedAt;
    private Instant changedAt;
    private long position;

    Row(PaymentId paymentId) {
      this.paymentId = paymentId;
    }

    static Row stored(ResultSet columns) throws SQLException {
      Row row = new Row(new PaymentId(columns.getString("payment_id")));
      row.orderId = columns.getString("order_id");
      row.customerId = columns.getString("customer_id");
      row.progress =
          new PaymentProgress(
              PaymentStatus.valueOf(columns.getString("status")),
              columns.getBoolean("requested"),
              columns.getLong("captured"),
              columns.getLong("refunded"));
      row.currency = columns.getString("currency");
      row.amount = columns.getObject("amount", Long.class);
      row.method = columns.getString("method");
      row.provider = columns.getString("provider");
      row.chargeId = columns.getString("charge_id");
      row.declineCode = columns.getString("decline_code");
      row.openedAt = columns.getObject("opened_at", OffsetDateTime.class).toInstant();
      row.changedAt = columns.getObject("changed_at", OffsetDateTime.class).toInstant();
      row.position = columns.getLong("position");
      return row;
    }

    void apply(RecordedEvent recorded, PaymentEvent event) {
      if (recorded.position() <= position) {
        return;
      }
      switch (event) {
        case PaymentEvent.PaymentRequested e -> {
          customerId = e.customerId().value();
          currency = e.amount().currency();
          amount = e.amount().amount();
          method = e.method();
          provider = e.provider();
        }
        case PaymentEvent.PaymentPending e -> chargeId = e.chargeId();
        case PaymentEvent.PaymentAuthorised e -> chargeId = e.chargeId();
        case PaymentEvent.PaymentDeclined e -> declineCode = e.code();
        case PaymentEvent.PaymentCaptureRequested e -> {}
        case PaymentEvent.PaymentCaptured e -> chargeId = e.chargeId();
        case PaymentEvent.PaymentAbandoned e -> {}
        case PaymentEvent.PaymentVoided e -> {}
        case PaymentEvent.RefundRequested e -> {}
        case PaymentEvent.PaymentRefunded e -> chargeId = e.chargeId();
        case PaymentEvent.RefundFailed e -> {}
      }
      if (openedAt == null) {
        openedAt = recorded.at();
        orderId = event.orderId().value();
      }
      progress = progress.after(event);
      changedAt = recorded.at();
      position = recorded.position();
    }
  }

  private final JdbcTemplate jdbc;

  PaymentsProjection(JdbcTemplate jdbc) {
    this.jdbc = jdbc;
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public Set<Class<? extends Event>> concerns() {
    return Set.of(PaymentEvent.class);
  }

  @Override
  public void handle(List<RecordedEvent> batch) {
    Set<String> touched = new LinkedHashSet<>();
    for (RecordedEvent event : batch) {
      if (event.payload() instanceof PaymentEvent payment) {
        touched.add(payment.paymentId().value());
      }
    }
    if (touched.isEmpty()) {
      return;
    }
    Map<PaymentId, Row> rows = stored(touched);
    for (RecordedEvent event : batch) {
      if (event.payload() instanceof PaymentEvent payment) {
        rows.computeIfAbsent(payment.paymentId(), Row::new).apply(event, payment);
      }
    }
    write(rows);
  }

  private Map<PaymentId, Row> stored(Set<String> payments) {
    Map<PaymentId, Row> rows = new LinkedHashMap<>();
    jdbc.query(
        connection -> {
          var statement = connection.prepareStatement(STORED);
          statement.setArray(1, connection.createArrayOf("text", payments.toArray()));
          return statement;
        },
        columns -> {
          Row row = Row.stored(columns);
          rows.put(row.paymentId, row);
        });
    return rows;
  }

  private void write(Map<PaymentId, Row> rows) {
    RowBatch batch =
        new RowBatch(
            "text",
            "text",
            "text",
            "text",
            "bool",
            "text",
            "int8",
            "int8",
            "int8",
            "text",
            "text",
            "text",
            "text",
            "timestamptz",
            "timestamptz",
            "int8");
    rows.values()
        .forEach(
            row ->
                batch.add(
                    row.paymentId.value(),
                    row.orderId,
                    row.customerId,
                    row.progress.status().name(),
                    row.progress.requested(),
                    row.currency,
                    row.amount,
                    row.progress.captured(),
                    row.progress.refunded(),
                    row.method,
                    row.provider,
                    row.chargeId,
                    row.declineCode,
                    row.openedAt,
                    row.changedAt,
                    row.position));
    batch.write(jdbc, UPSERT);
  }
}
