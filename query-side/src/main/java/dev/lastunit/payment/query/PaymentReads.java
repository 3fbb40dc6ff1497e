package dev.lastunit.payment.query;

import dev.lastunit.payment.api.PaymentQuery.FindPaymentsOpened;
import dev.lastunit.payment.api.PaymentQuery.PaymentRecord;
import dev.lastunit.payment.api.PaymentQuery.PaymentRecords;
import dev.lastunit.payment.api.PaymentStatus;
import dev.lastunit.shared.api.CustomerId;
import dev.lastunit.shared.api.Money;
import dev.lastunit.shared.api.OrderId;
import dev.lastunit.shared.api.PaymentId;
import dev.lastunit.shared.query.ReadModelGate;
import io.r2dbc.spi.Readable;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import org.springframework.r2dbc.core.DatabaseClient;
import reactor.core.publisher.Mono;

/**
 * Reads payments. Knows nothing of who asks: that is checked by those who call.
 *
 * <p>Thread-safe; never blocks; errors are the database's or READ_MODEL_BEHIND, and a repeat is
 * safe.
 */
public final class PaymentReads {

  /** The handler that writes the model; the key of its position. */
  public static final String MODEL = "payment.payments";

  private final DatabaseClient database;
  private final ReadModelGate gate;

  PaymentReads(DatabaseClient database, ReadModelGate gate) {
    this.database = database;
    this.gate = gate;
  }

  /** A payment, or null in its place, and how far the model was. */
  public record Found(PaymentView value, long position) {}

  /**
   * One payment; a null value when there is none.
   *
   * @param minPosition what the model must have reached, 0 for any
   */
  public Mono<Found> find(PaymentId paymentId, long minPosition) {
    return gate.reached(MODEL, minPosition)
        .flatMap(
            position ->
                database
                    .sql("select * from payment.payment_view where payment_id = :payment")
                    .bind("payment", paymentId.value())
                    .map(PaymentReads::view)
                    .one()
                    .map(view -> new Found(view, position))
                    .defaultIfEmpty(new Found(null, position)));
  }

  /**
   * Payments as our books have them; those that do not exist are left out.
   *
   * @param minPosition what the model must have reached, 0 for any
   */
  public Mono<PaymentRecords> records(List<PaymentId> payments, long minPosition) {
    String[] ids = payments.stream().map(PaymentId::value).toArray(String[]::new);
    return gate.reached(MODEL, minPosition)
        .flatMap(
            position ->
                database
                    .sql("select * from payment.payment_view where payment_id = any(:payments)")
                    .bind("payments", ids)
                    .map(PaymentReads::record)
                    .all()
                    .collectList()
                    .map(PaymentRecords::new));
  }

  /** Payments by the time of their first event, as {@link FindPaymentsOpened} says. */
  public Mono<PaymentRecords> opened(FindPaymentsOpened query) {
    PaymentRecord after = query.after();
    return gate.reached(MODEL, query.minPosition())
        .flatMap(
            position ->
                database
                    .sql(
                        "select * from payment.payment_view where opened_at >= :from"
                            + " and opened_at < :to and (opened_at, payment_id) > (:at, :after)"
                            + " order by opened_at, payment_id limit :limit")
                    .bind("from", utc(query.from()))
                    .bind("to", utc(query.to()))
                    .bind("at", utc(after == null ? query.from() : after.openedAt()))
                    .bind("after", after == null ? "" : after.paymentId().value())
                    .bind("limit", query.limit())
                    .map(PaymentReads::record)
                    .all()
                    .collectList()
                    .map(PaymentRecords::new));
  }

  private static OffsetDateTime utc(Instant instant) {
    return instant.atOffset(ZoneOffset.UTC);
  }

  private static PaymentRecord record(Readable row) {
    return new PaymentRecord(
        new PaymentId(row.get("payment_id", String.class)),
        new OrderId(row.get("order_id", String.class)),
        PaymentStatus.valueOf(row.get("status", String.class)),
        money(row, "amount"),
        money(row, "captured"),
        money(row, "refunded"),
        row.get("charge_id", String.class),
        row.get("opened_at", Instant.class),
        row.get("changed_at", Instant.class));
  }

  private static PaymentView view(Readable row) {
    String customer = row.get("customer_id", String.class);
    return new PaymentView(
        new PaymentId(row.get("payment_id", String.class)),
        new OrderId(row.get("order_id", String.class)),
        customer == null ? null : new CustomerId(customer),
        PaymentStatus.valueOf(row.get("status", String.class)),
        money(row, "amount"),
        money(row, "captured"),
        money(row, "refunded"),
        row.get("method", String.class),
        row.get("provider", String.class),
        row.get("charge_id", String.class),
        row.get("decline_code", String.class),
        row.get("opened_at", Instant.class),
        row.get("changed_at", Instant.class));
  }

  private static Money money(Readable row, String column) {
    String currency = row.get("currency", String.class);
    return currency == null ? null : new Money(row.get(column, Long.class), currency);
  }
}
