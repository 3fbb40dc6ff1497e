package dev.lastunit.payment.query;

import dev.lastunit.payment.api.PaymentStatus;
import dev.lastunit.shared.api.CustomerId;
import dev.lastunit.shared.api.Money;
import dev.lastunit.shared.api.OrderId;
import dev.lastunit.shared.api.PaymentId;
import dev.lastunit.shared.query.ReadModelGate;
import io.r2dbc.spi.Readable;
import java.time.Instant;
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
