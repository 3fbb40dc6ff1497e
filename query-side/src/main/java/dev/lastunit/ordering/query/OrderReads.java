package dev.lastunit.ordering.query;

import dev.lastunit.ordering.api.OrderProgress;
import dev.lastunit.ordering.api.OrderQuery.OrderLineView;
import dev.lastunit.ordering.api.OrderQuery.OrderView;
import dev.lastunit.ordering.api.OrderQuery.ReturnView;
import dev.lastunit.ordering.api.OrderQuery.ShipmentView;
import dev.lastunit.ordering.api.OrderQuery.TimelineEntry;
import dev.lastunit.ordering.api.OrderStatus;
import dev.lastunit.ordering.api.PlacedOrder;
import dev.lastunit.ordering.api.RejectionReason;
import dev.lastunit.ordering.api.Shortage;
import dev.lastunit.payment.api.PaymentProgress;
import dev.lastunit.payment.api.PaymentStatus;
import dev.lastunit.shared.api.CustomerId;
import dev.lastunit.shared.api.EventJson;
import dev.lastunit.shared.api.Money;
import dev.lastunit.shared.api.OrderId;
import dev.lastunit.shared.api.PaymentId;
import dev.lastunit.shared.api.Positions;
import dev.lastunit.shared.query.ReadModelGate;
import dev.lastunit.shared.query.web.Cursor;
import dev.lastunit.shared.query.web.Page;
import io.r2dbc.spi.Readable;
import java.time.Instant;
import java.util.List;
import org.springframework.r2dbc.core.DatabaseClient;
import org.springframework.r2dbc.core.DatabaseClient.GenericExecuteSpec;
import reactor.core.publisher.Mono;
import tools.jackson.core.type.TypeReference;

/**
 * Reads orders as clients see them: one that was placed a short while ago from memory, others and
 * lists from the table. Knows nothing of who asks: that is checked by those who call.
 *
 * <p>An answer is as new as the position that comes with it, or newer. Whatever it is read from, an
 * order is never told as it was before an answer that this node gave already, and a customer's list
 * is no older than the orders in it; a list of everybody's is the table as it stands. Only when
 * reads go back from the primary to a replica, rows may be some milliseconds older than those
 * before.
 *
 * <p>Thread-safe; never blocks; errors are the database's or READ_MODEL_BEHIND, and a repeat is
 * safe.
 */
public final class OrderReads {

  /** The handler that writes the model; the key of its position. */
  public static final String MODEL = "ordering.orders";

  /**
   * Lines that one page of orders shows at most, unless its first order alone has more: a page of
   * large orders is shorter than asked for.
   */
  static final int PAGE_LINES = 10_000;

  private static final String CURSOR = "orders";

  private static final TypeReference<List<OrderLineView>> LINES = new TypeReference<>() {};
  private static final TypeReference<List<Shortage>> SHORTAGES = new TypeReference<>() {};
  private static final TypeReference<List<ShipmentView>> SHIPMENTS = new TypeReference<>() {};
  private static final TypeReference<List<ReturnView>> RETURNS = new TypeReference<>() {};
  private static final TypeReference<List<TimelineEntry>> TIMELINE = new TypeReference<>() {};

  private final DatabaseClient database;
  private final ReadModelGate gate;
  private final Positions positions;
  private final RecentOrders recent;

  OrderReads(
      DatabaseClient database, ReadModelGate gate, Positions positions, RecentOrders recent) {
    this.database = database;
    this.gate = gate;
    this.positions = positions;
    this.recent = recent;
  }

  /**
   * Which orders to list.
   *
   * @param customer whose; null for everybody's
   * @param status null for any
   * @param limit orders, 1 or more
   * @param cursor of the page before, as the client sent it; null for the first page
   */
  public record ListOrders(CustomerId customer, OrderStatus status, int limit, String cursor) {}

  /** An answer, or null in its place, and how far the model was. */
  public record Found<T>(T value, long position) {}

  private record Row(OrderView view, long placedPosition, long fetched) {}

  /**
   * One order; a null value when there is none.
   *
   * @param minPosition what the answer must hold, 0 for any
   */
  public Mono<Found<OrderView>> find(OrderId orderId, long minPosition) {
    return Mono.defer(
        () -> {
          Found<OrderView> known = recent(orderId, minPosition);
          return known != null
              ? Mono.just(known)
              : gate.reached(MODEL, minPosition, () -> recentIfNew(minPosition))
                  .flatMap(reached -> recentOrStored(orderId, minPosition));
        });
  }

  private Mono<Found<OrderView>> recentOrStored(OrderId orderId, long minPosition) {
    Found<OrderView> known = recent(orderId, minPosition);
    return known != null ? Mono.just(known) : stored(orderId, minPosition);
  }

  /**
   * The order from memory; null when it is not held, or memory is older than the table or asked.
   */
  private Found<OrderView> recent(OrderId orderId, long minPosition) {
    long position = recentIfNew(minPosition);
    if (position < minPosition) {
      return null;
    }
    OrderView view = position == 0 ? null : recent.find(orderId);
    return view == null ? null : new Found<>(view, position);
  }

  /** How far memory is; 0 when the table is further, or somebody was shown more of it. */
  private long recentIfNew(long minPosition) {
    long position = recent.position();
    return position >= Math.max(positions.of(MODEL), recent.shown()) ? position : 0;
  }

  private Mono<Found<OrderView>> stored(OrderId orderId, long minPosition) {
    return gate.reached(MODEL, Math.max(minPosition, recent.forgotten()))
        .flatMap(
            position ->
                database
                    .sql("select * from ordering.order_view where order_id = :order")
                    .bind("order", orderId.value())
                    .map(this::view)
                    .one()
                    .map(view -> new Found<>(view, position))
                    .defaultIfEmpty(new Found<>(null, position)));
  }

  /**
   * Orders, the latest first.
   *
   * @param minPosition what the model must have reached, 0 for any
   * @return fails with INVALID_FIELD when the cursor is none of this list
   */
  public Mono<Found<Page<OrderView>>> list(ListOrders wanted, long minPosition) {
    long before =
        wanted.cursor() == null
            ? Long.MAX_VALUE
            : Cursor.read(wanted.cursor(), CURSOR, 1).number(0);
    return Mono.defer(() -> gate.reached(MODEL, listPosition(wanted, minPosition)))
        .flatMap(
            position ->
                bound(database.sql(sql(wanted)), wanted)
                    .bind("before", before)
                    .bind("fetch", wanted.limit() + 1)
                    .map(
                        row ->
                            new Row(
                                view(row),
                                row.get("placed_position", Long.class),
                                row.get("fetched", Long.class)))
                    .all()
                    .collectList()
                    .map(rows -> new Found<>(page(rows, wanted.limit()), position)));
  }

  private long listPosition(ListOrders wanted, long minPosition) {
    return wanted.customer() == null
        ? minPosition
        : Math.max(minPosition, recent.lastOf(wanted.customer()));
  }

  private static String sql(ListOrders wanted) {
    return "select * from (select o.*, count(*) over () as fetched,"
        + " sum(line_count) over (order by placed_position desc) - line_count as lines_before"
        + " from (select * from ordering.order_view where placed_position < :before"
        + (wanted.customer() == null ? "" : " and customer_id = :customer")
        + (wanted.status() == null ? "" : " and status = :status")
        + " order by placed_position desc limit :fetch) o) p where lines_before < "
        + PAGE_LINES
        + " order by placed_position desc";
  }

  private static GenericExecuteSpec bound(GenericExecuteSpec statement, ListOrders wanted) {
    GenericExecuteSpec result = statement;
    if (wanted.customer() != null) {
      result = result.bind("customer", wanted.customer().value());
    }
    if (wanted.status() != null) {
      result = result.bind("status", wanted.status().name());
    }
    return result;
  }

  private static Page<OrderView> page(List<Row> rows, int limit) {
    List<Row> shown = rows.subList(0, Math.min(limit, rows.size()));
    boolean more = !shown.isEmpty() && shown.size() < rows.getFirst().fetched();
    return new Page<>(
        shown.stream().map(Row::view).toList(),
        more ? Cursor.of(CURSOR, shown.getLast().placedPosition()).text() : null);
  }

  private OrderView view(Readable row) {
    OrderId orderId = new OrderId(row.get("order_id", String.class));
    String reason = row.get("reason", String.class);
    String paymentId = row.get("payment_id", String.class);
    String payment = row.get("payment_status", String.class);
    PlacedOrder placed =
        new PlacedOrder(
            orderId,
            new CustomerId(row.get("customer_id", String.class)),
            json(row, "lines", LINES),
            new Money(row.get("total", Long.class), row.get("currency", String.class)),
            row.get("placed_at", Instant.class),
            row.get("placed_position", Long.class));
    OrderProgress progress =
        new OrderProgress(
            OrderStatus.valueOf(row.get("status", String.class)),
            reason == null ? null : RejectionReason.valueOf(reason),
            json(row, "shortages", SHORTAGES),
            paymentId == null ? null : new PaymentId(paymentId),
            new PaymentProgress(
                payment == null ? null : PaymentStatus.valueOf(payment),
                row.get("payment_requested", Boolean.class),
                row.get("captured", Long.class),
                row.get("refunded", Long.class)),
            row.get("expires_at", Instant.class),
            json(row, "shipments", SHIPMENTS),
            row.get("returns", String.class) == null ? List.of() : json(row, "returns", RETURNS),
            json(row, "timeline", TIMELINE),
            row.get("position", Long.class));
    recent.showed(progress.position());
    return placed.view(progress);
  }

  private static <T> T json(Readable row, String column, TypeReference<T> type) {
    return EventJson.mapper().readValue(row.get(column, String.class), type);
  }
}
