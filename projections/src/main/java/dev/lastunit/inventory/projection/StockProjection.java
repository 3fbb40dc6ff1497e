package dev.lastunit.inventory.projection;

import dev.lastunit.inventory.api.Sourcing;
import dev.lastunit.inventory.api.StockEvent;
import dev.lastunit.inventory.api.StockEvent.OpeningStockRecorded;
import dev.lastunit.inventory.api.StockEvent.ReservationConfirmed;
import dev.lastunit.inventory.api.StockEvent.ReservationExpired;
import dev.lastunit.inventory.api.StockEvent.ReservationReleased;
import dev.lastunit.inventory.api.StockEvent.StockAdjusted;
import dev.lastunit.inventory.api.StockEvent.StockPolicySet;
import dev.lastunit.inventory.api.StockEvent.StockReceived;
import dev.lastunit.inventory.api.StockEvent.StockReserved;
import dev.lastunit.inventory.api.StockEvent.UnitsReturned;
import dev.lastunit.inventory.api.StockPolicy;
import dev.lastunit.shared.api.Allocation;
import dev.lastunit.shared.api.Event;
import dev.lastunit.shared.api.EventBatchHandler;
import dev.lastunit.shared.api.EventJson;
import dev.lastunit.shared.api.LocationId;
import dev.lastunit.shared.api.RecordedEvent;
import dev.lastunit.shared.api.ReservationId;
import dev.lastunit.shared.api.Sku;
import dev.lastunit.shared.projection.RowBatch;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.springframework.jdbc.core.JdbcTemplate;

/**
 * Answers where the units of a SKU are, to whom they are promised and until when: tables {@code
 * inventory.stock}, {@code inventory.stock_location} and {@code inventory.reservation}.
 *
 * <p>A batch is folded in memory first, then each table is written by one statement (reservations
 * by two: those opened, those ended). A reservation that opens and ends within a batch is never
 * written. An error rolls the batch back with the processor's position; it is delivered again, and
 * nothing is skipped. Blocks on JDBC.
 */
final class StockProjection implements EventBatchHandler {

  private static final String STOCK =
      """
      insert into inventory.stock (sku, sold, reservation_ttl_millis, safety_stock,
        oversell_allowance, sourcing, position)
      select t.sku, coalesce(s.sold, 0) + t.sold,
        case when t.policy_set then t.ttl else s.reservation_ttl_millis end,
        coalesce(t.safety_stock, s.safety_stock, 0),
        coalesce(t.oversell_allowance, s.oversell_allowance, 0),
        coalesce(t.sourcing, s.sourcing, 'priority'), t.position
      from unnest(?, ?, ?, ?, ?, ?, ?, ?) as t(sku, sold, policy_set, ttl, safety_stock,
        oversell_allowance, sourcing, position)
      left join inventory.stock s on s.sku = t.sku
      on conflict (sku) do update set sold = excluded.sold,
        reservation_ttl_millis = excluded.reservation_ttl_millis,
        safety_stock = excluded.safety_stock, oversell_allowance = excluded.oversell_allowance,
        sourcing = excluded.sourcing, position = excluded.position
      """;

  private static final String LOCATIONS =
      """
      insert into inventory.stock_location as l (sku, location, on_hand, reserved, since_position)
      select * from unnest(?, ?, ?, ?, ?)
      on conflict (sku, location) do update set on_hand = l.on_hand + excluded.on_hand,
        reserved = l.reserved + excluded.reserved
      """;

  private static final String OPENED =
      """
      insert into inventory.reservation (reservation_id, sku, order_id, quantity, allocations,
        expires_at)
      select * from unnest(?, ?, ?, ?, ?, ?)
      """;

  private static final String ENDED =
      "delete from inventory.reservation where reservation_id in (select unnest(?))";

  private final JdbcTemplate jdbc;

  StockProjection(JdbcTemplate jdbc) {
    this.jdbc = jdbc;
  }

  @Override
  public String name() {
    return "inventory.stock";
  }

  @Override
  public Set<Class<? extends Event>> concerns() {
    return Set.of(StockEvent.class);
  }

  /** Of imports: fewer, larger statements, while a buyer's event still waits for milliseconds. */
  @Override
  public int batchSize() {
    return 1_000;
  }

  @Override
  public void handle(List<RecordedEvent> batch) {
    Fold fold = new Fold();
    for (RecordedEvent event : batch) {
      if (event.payload() instanceof StockEvent stock) {
        fold.apply(stock, event.position());
      }
    }
    writeStock(fold);
    writeLocations(fold);
    writeReservations(fold);
  }

  private void writeStock(Fold fold) {
    RowBatch rows = new RowBatch("text", "int8", "bool", "int8", "int4", "int4", "text", "int8");
    fold.totals.forEach(
        (sku, total) -> {
          Optional<StockPolicy> policy = Optional.ofNullable(total.policy);
          rows.add(
              sku.value(),
              total.sold,
              policy.isPresent(),
              policy.map(StockPolicy::reservationTtl).map(ttl -> ttl.toMillis()).orElse(null),
              policy.map(StockPolicy::safetyStock).orElse(null),
              policy.map(StockPolicy::oversellAllowance).orElse(null),
              policy.map(set -> word(set.sourcing())).orElse(null),
              total.position);
        });
    rows.write(jdbc, STOCK);
  }

  private void writeLocations(Fold fold) {
    RowBatch rows = new RowBatch("text", "text", "int8", "int8", "int8");
    fold.totals.forEach(
        (sku, total) ->
            total.places.forEach(
                (location, place) ->
                    rows.add(
                        sku.value(), location.value(), place.onHand, place.reserved, place.since)));
    rows.write(jdbc, LOCATIONS);
  }

  private void writeReservations(Fold fold) {
    RowBatch ended = new RowBatch("text");
    RowBatch opened = new RowBatch("text", "text", "text", "int8", "jsonb", "timestamptz");
    fold.reservations.forEach(
        (id, held) ->
            held.ifPresentOrElse(
                open ->
                    opened.add(
                        id.value(),
                        open.sku().value(),
                        open.orderId().value(),
                        open.allocations().stream().mapToLong(Allocation::quantity).sum(),
                        EventJson.mapper().writeValueAsString(open.allocations()),
                        open.expiresAt()),
                () -> ended.add(id.value())));
    ended.write(jdbc, ENDED);
    opened.write(jdbc, OPENED);
  }

  private static String word(Sourcing sourcing) {
    return switch (sourcing) {
      case PRIORITY -> "priority";
      case NEAREST -> "nearest";
      case FEWEST_SHIPMENTS -> "fewest-shipments";
    };
  }

  /** What a batch changes. */
  private static final class Fold {

    // Sorted, so that whoever else locks rows of a table does so in the same order.
    private final Map<Sku, Total> totals = new TreeMap<>();

    /** Empty for a reservation that ended. */
    private final Map<ReservationId, Optional<StockReserved>> reservations = new LinkedHashMap<>();

    void apply(StockEvent event, long position) {
      Total total = totals.computeIfAbsent(event.sku(), sku -> new Total());
      total.position = position;
      switch (event) {
        case StockReceived received ->
            total.at(received.location(), position).onHand += received.quantity();
        case OpeningStockRecorded opening ->
            total.at(opening.location(), position).onHand += opening.quantity();
        case StockAdjusted adjusted ->
            total.at(adjusted.location(), position).onHand += adjusted.delta();
        case StockPolicySet set -> total.policy = set.policy();
        case StockReserved held -> {
          for (Allocation part : held.allocations()) {
            total.at(part.location(), position).reserved += part.quantity();
          }
          reservations.put(held.reservationId(), Optional.of(held));
        }
        case ReservationConfirmed confirmed -> {
          for (Allocation part : confirmed.allocations()) {
            Place place = total.at(part.location(), position);
            place.onHand -= part.quantity();
            place.reserved -= part.quantity();
            total.sold += part.quantity();
          }
          reservations.put(confirmed.reservationId(), Optional.empty());
        }
        case ReservationReleased released -> {
          total.giveBack(released.allocations(), position);
          reservations.put(released.reservationId(), Optional.empty());
        }
        case ReservationExpired expired -> {
          total.giveBack(expired.allocations(), position);
          reservations.put(expired.reservationId(), Optional.empty());
        }
        case UnitsReturned returned -> {
          for (Allocation part : returned.allocations()) {
            total.at(part.location(), position).onHand += part.quantity();
            total.sold -= part.quantity();
          }
        }
      }
    }
  }

  /** The sums of one SKU. */
  private static final class Total {

    private final Map<LocationId, Place> places = new LinkedHashMap<>();
    private long sold;

    /** The last policy that the batch sets; null when it sets none. */
    private StockPolicy policy;

    private long position;

    Place at(LocationId location, long position) {
      return places.computeIfAbsent(location, id -> new Place(position));
    }

    void giveBack(List<Allocation> allocations, long position) {
      for (Allocation part : allocations) {
        at(part.location(), position).reserved -= part.quantity();
      }
    }
  }

  /** The sums of one SKU at one location. */
  private static final class Place {

    private final long since;
    private long onHand;
    private long reserved;

    Place(long since) {
      this.since = since;
    }
  }
}
