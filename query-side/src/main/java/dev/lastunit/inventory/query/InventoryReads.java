package dev.lastunit.inventory.query;

import dev.lastunit.inventory.query.StockView.LocationView;
import dev.lastunit.inventory.query.StockView.PolicyView;
import dev.lastunit.shared.api.Allocation;
import dev.lastunit.shared.api.EventJson;
import dev.lastunit.shared.api.Sku;
import dev.lastunit.shared.query.ReadModelGate;
import dev.lastunit.shared.query.web.Cursor;
import dev.lastunit.shared.query.web.Page;
import io.r2dbc.spi.Readable;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.springframework.r2dbc.core.DatabaseClient;
import reactor.core.publisher.Mono;
import tools.jackson.core.type.TypeReference;

/**
 * Reads stock and open reservations. A SKU is known from its first stock event on.
 *
 * <p>Rows are as new as the position that comes with them, or newer. Thread-safe; never blocks;
 * errors are the database's or READ_MODEL_BEHIND, and a repeat is safe.
 */
public final class InventoryReads {

  /** The processor that writes the model; the key of its position. */
  public static final String MODEL = "inventory.stock";

  private static final String CURSOR = "reservations";

  private static final TypeReference<List<Allocation>> ALLOCATIONS = new TypeReference<>() {};

  /** One statement, so that the parts belong to one state. */
  private static final String STOCK =
      """
      select s.sold, s.reservation_ttl_millis, s.safety_stock, s.oversell_allowance, s.sourcing,
        s.position, l.location, l.on_hand, l.reserved
      from inventory.stock s left join inventory.stock_location l on l.sku = s.sku
      where s.sku = :sku order by l.since_position, l.location
      """;

  /** A known SKU without reservations gives one row of nulls, an unknown one none. */
  private static final String RESERVATIONS =
      """
      select r.reservation_id, r.order_id, r.quantity, r.allocations, r.expires_at
      from inventory.stock s
      left join lateral (
        select reservation_id, order_id, quantity, cast(allocations as text) as allocations,
          expires_at
        from inventory.reservation where sku = s.sku %s
        order by expires_at, reservation_id limit %d
      ) r on true
      where s.sku = :sku order by r.expires_at, r.reservation_id
      """;

  private static final String AFTER = "and (expires_at, reservation_id) > (:expiresAt, :id)";

  private final DatabaseClient database;
  private final ReadModelGate gate;

  /**
   * What was read.
   *
   * @param value empty when the SKU is not known
   * @param position how far the model was at least
   */
  public record Found<T>(Optional<T> value, long position) {}

  private record StockRow(
      long sold, PolicyView policy, long position, Optional<LocationView> location) {}

  InventoryReads(DatabaseClient database, ReadModelGate gate) {
    this.database = database;
    this.gate = gate;
  }

  /** The stock of a SKU over all locations. */
  public Mono<Found<StockView>> stock(Sku sku, long minPosition) {
    return gate.reached(MODEL, minPosition)
        .flatMap(
            position ->
                database
                    .sql(STOCK)
                    .bind("sku", sku.value())
                    .map(InventoryReads::stockRow)
                    .all()
                    .collectList()
                    .map(rows -> new Found<>(view(sku, rows), position)));
  }

  /**
   * The open reservations of a SKU, those that expire first in front.
   *
   * @param cursor of the page before, as the client sent it; empty for the first page
   * @return fails with INVALID_FIELD when the cursor is none of this list
   */
  public Mono<Found<Page<ReservationView>>> reservations(
      Sku sku, int limit, Optional<String> cursor, long minPosition) {
    return Mono.defer(
        () -> {
          Optional<Cursor> after = cursor.map(text -> Cursor.read(text, CURSOR, 2));
          DatabaseClient.GenericExecuteSpec statement =
              database
                  .sql(RESERVATIONS.formatted(after.isPresent() ? AFTER : "", limit + 1))
                  .bind("sku", sku.value());
          if (after.isPresent()) {
            statement =
                statement
                    .bind("expiresAt", after.get().as(0, Instant::parse))
                    .bind("id", after.get().text(1));
          }
          Mono<List<Optional<ReservationView>>> rows =
              statement.map(InventoryReads::reservation).all().collectList();
          return gate.reached(MODEL, minPosition)
              .flatMap(position -> rows.map(found -> new Found<>(page(found, limit), position)));
        });
  }

  private static StockRow stockRow(Readable row) {
    Long ttl = row.get("reservation_ttl_millis", Long.class);
    PolicyView policy =
        new PolicyView(
            ttl == null ? null : Duration.ofMillis(ttl).toString(),
            row.get("safety_stock", Integer.class),
            row.get("oversell_allowance", Integer.class),
            row.get("sourcing", String.class));
    return new StockRow(
        row.get("sold", Long.class),
        policy,
        row.get("position", Long.class),
        Optional.ofNullable(row.get("location", String.class))
            .map(
                location ->
                    LocationView.of(
                        location,
                        row.get("on_hand", Long.class),
                        row.get("reserved", Long.class))));
  }

  private static Optional<StockView> view(Sku sku, List<StockRow> rows) {
    if (rows.isEmpty()) {
      return Optional.empty();
    }
    StockRow stock = rows.getFirst();
    List<LocationView> locations = rows.stream().flatMap(row -> row.location().stream()).toList();
    return Optional.of(
        StockView.of(sku, stock.sold(), locations, stock.policy(), stock.position()));
  }

  private static Optional<ReservationView> reservation(Readable row) {
    return Optional.ofNullable(row.get("reservation_id", String.class))
        .map(
            id ->
                new ReservationView(
                    id,
                    row.get("order_id", String.class),
                    row.get("quantity", Long.class),
                    EventJson.mapper().readValue(row.get("allocations", String.class), ALLOCATIONS),
                    row.get("expires_at", Instant.class)));
  }

  private static Optional<Page<ReservationView>> page(
      List<Optional<ReservationView>> rows, int limit) {
    if (rows.isEmpty()) {
      return Optional.empty();
    }
    List<ReservationView> found = rows.stream().flatMap(Optional::stream).toList();
    if (found.size() <= limit) {
      return Optional.of(new Page<>(found, null));
    }
    ReservationView last = found.get(limit - 1);
    String next = Cursor.of(CURSOR, last.expiresAt(), last.reservationId()).text();
    return Optional.of(new Page<>(found.subList(0, limit), next));
  }
}
