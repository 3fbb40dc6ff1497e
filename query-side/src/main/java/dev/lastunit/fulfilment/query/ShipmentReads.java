package dev.lastunit.fulfilment.query;

import dev.lastunit.fulfilment.api.ShipmentLine;
import dev.lastunit.fulfilment.api.ShipmentStatus;
import dev.lastunit.shared.api.EventJson;
import dev.lastunit.shared.api.LocationId;
import dev.lastunit.shared.api.OrderId;
import dev.lastunit.shared.api.ShipmentId;
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
 * Reads shipments, the latest first. Thread-safe; never blocks; errors are the database's or
 * READ_MODEL_BEHIND, and a repeat is safe.
 */
public final class ShipmentReads {

  /** The handler that writes the model; the key of its position. */
  public static final String MODEL = "fulfilment.shipments";

  private static final String CURSOR = "shipments";

  private static final TypeReference<List<ShipmentLine>> LINES = new TypeReference<>() {};

  private final DatabaseClient database;
  private final ReadModelGate gate;

  ShipmentReads(DatabaseClient database, ReadModelGate gate) {
    this.database = database;
    this.gate = gate;
  }

  /** A page, and how far the model was. */
  public record Found(Page<ShipmentView> page, long position) {}

  private record Row(ShipmentView view, long preparedPosition) {}

  /**
   * Lists shipments.
   *
   * @param status null for any
   * @param limit 1 or more
   * @param cursor of the page before, as the client sent it; null for the first page
   * @param minPosition what the model must have reached, 0 for any
   * @return fails with INVALID_FIELD when the cursor is none of this list
   */
  public Mono<Found> list(ShipmentStatus status, int limit, String cursor, long minPosition) {
    long before = cursor == null ? Long.MAX_VALUE : Cursor.read(cursor, CURSOR, 1).number(0);
    return gate.reached(MODEL, minPosition)
        .flatMap(
            position ->
                statement(status)
                    .bind("before", before)
                    .bind("fetch", limit + 1)
                    .map(row -> new Row(view(row), row.get("prepared_position", Long.class)))
                    .all()
                    .collectList()
                    .map(rows -> new Found(page(rows, limit), position)));
  }

  private GenericExecuteSpec statement(ShipmentStatus status) {
    String sql =
        "select * from fulfilment.shipment_view where prepared_position < :before"
            + (status == null ? "" : " and status = :status")
            + " order by prepared_position desc limit :fetch";
    GenericExecuteSpec statement = database.sql(sql);
    return status == null ? statement : statement.bind("status", status.name());
  }

  private static Page<ShipmentView> page(List<Row> rows, int limit) {
    List<Row> shown = rows.subList(0, Math.min(limit, rows.size()));
    return new Page<>(
        shown.stream().map(Row::view).toList(),
        rows.size() > limit ? Cursor.of(CURSOR, shown.getLast().preparedPosition()).text() : null);
  }

  private static ShipmentView view(Readable row) {
    return new ShipmentView(
        new ShipmentId(row.get("shipment_id", String.class)),
        new OrderId(row.get("order_id", String.class)),
        new LocationId(row.get("location", String.class)),
        EventJson.mapper().readValue(row.get("lines", String.class), LINES),
        ShipmentStatus.valueOf(row.get("status", String.class)),
        row.get("carrier", String.class),
        row.get("tracking_number", String.class),
        row.get("prepared_at", Instant.class),
        row.get("changed_at", Instant.class));
  }
}
