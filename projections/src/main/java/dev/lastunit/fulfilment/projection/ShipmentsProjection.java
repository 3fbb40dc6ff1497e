package dev.lastunit.fulfilment.projection;

import dev.lastunit.fulfilment.api.ShipmentEvent;
import dev.lastunit.fulfilment.api.ShipmentLine;
import dev.lastunit.fulfilment.api.ShipmentStatus;
import dev.lastunit.shared.api.Event;
import dev.lastunit.shared.api.EventBatchHandler;
import dev.lastunit.shared.api.EventJson;
import dev.lastunit.shared.api.RecordedEvent;
import dev.lastunit.shared.api.ShipmentId;
import dev.lastunit.shared.api.Sku;
import dev.lastunit.shared.projection.RowBatch;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.springframework.jdbc.core.JdbcTemplate;
import tools.jackson.core.type.TypeReference;

/**
 * What the warehouse has to pack and send: the table {@code fulfilment.shipment_view}, one row a
 * shipment.
 *
 * <p>A batch costs one read of the rows that it touches and one upsert. Each row keeps the position
 * of its last event; an event that the row holds already changes nothing, so a batch may be handled
 * again. Errors propagate and stop the handler.
 */
final class ShipmentsProjection implements EventBatchHandler {

  private static final String NAME = "fulfilment.shipments";

  private static final String STORED =
      "select * from fulfilment.shipment_view where shipment_id = any(?)";

  private static final String UPSERT =
      """
      insert into fulfilment.shipment_view (
        shipment_id, order_id, location, status, lines, carrier, tracking_number, prepared_at,
        prepared_position, changed_at, position)
      select * from unnest(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
      on conflict (shipment_id) do update
         set status = excluded.status, lines = excluded.lines, carrier = excluded.carrier,
             tracking_number = excluded.tracking_number, changed_at = excluded.changed_at,
             position = excluded.position
      """;

  private static final TypeReference<List<ShipmentLine>> LINES = new TypeReference<>() {};

  /** One shipment on its way through a batch. */
  private static final class Row {
    private final ShipmentId shipmentId;
    private String orderId;
    private String location;
    private ShipmentStatus status;
    private String lines;
    private String carrier;
    private String trackingNumber;
    private Instant preparedAt;
    private long preparedPosition;
    private Instant changedAt;
    private long position;

    Row(ShipmentId shipmentId) {
      this.shipmentId = shipmentId;
    }

    static Row stored(ResultSet columns) throws SQLException {
      Row row = new Row(new ShipmentId(columns.getString("shipment_id")));
      row.orderId = columns.getString("order_id");
      row.location = columns.getString("location");
      row.status = ShipmentStatus.valueOf(columns.getString("status"));
      row.lines = columns.getString("lines");
      row.carrier = columns.getString("carrier");
      row.trackingNumber = columns.getString("tracking_number");
      row.preparedAt = columns.getObject("prepared_at", OffsetDateTime.class).toInstant();
      row.preparedPosition = columns.getLong("prepared_position");
      row.changedAt = columns.getObject("changed_at", OffsetDateTime.class).toInstant();
      row.position = columns.getLong("position");
      return row;
    }

    void apply(RecordedEvent recorded, ShipmentEvent event) {
      if (recorded.position() <= position) {
        return;
      }
      if (status == null && !(event instanceof ShipmentEvent.ShipmentPrepared)) {
        throw new IllegalStateException(
            "Shipment " + shipmentId + " was never prepared: position " + recorded.position());
      }
      switch (event) {
        case ShipmentEvent.ShipmentPrepared e -> {
          orderId = e.orderId().value();
          location = e.location().value();
          lines = EventJson.mapper().writeValueAsString(e.lines());
          preparedAt = recorded.at();
          preparedPosition = recorded.position();
          status = ShipmentStatus.PREPARED;
        }
        case ShipmentEvent.ShipmentSplit e -> lines = without(e.lines());
        case ShipmentEvent.ShipmentDispatched e -> {
          carrier = e.carrier();
          trackingNumber = e.trackingNumber();
          status = ShipmentStatus.DISPATCHED;
        }
        case ShipmentEvent.ShipmentDelivered e -> status = ShipmentStatus.DELIVERED;
        case ShipmentEvent.ShipmentCancelled e -> status = ShipmentStatus.CANCELLED;
      }
      changedAt = recorded.at();
      position = recorded.position();
    }

    /** The lines without the units that stay. */
    private String without(List<ShipmentLine> staying) {
      Map<Sku, Integer> units = new HashMap<>();
      staying.forEach(line -> units.merge(line.sku(), line.quantity(), Integer::sum));
      return EventJson.mapper()
          .writeValueAsString(
              EventJson.mapper().readValue(lines, LINES).stream()
                  .map(
                      line ->
                          new ShipmentLine(
                              line.sku(), line.quantity() - units.getOrDefault(line.sku(), 0)))
                  .filter(line -> line.quantity() > 0)
                  .toList());
    }
  }

  private final JdbcTemplate jdbc;

  ShipmentsProjection(JdbcTemplate jdbc) {
    this.jdbc = jdbc;
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public Set<Class<? extends Event>> concerns() {
    return Set.of(ShipmentEvent.class);
  }

  @Override
  public void handle(List<RecordedEvent> batch) {
    Set<String> touched = new LinkedHashSet<>();
    for (RecordedEvent event : batch) {
      if (event.payload() instanceof ShipmentEvent shipment) {
        touched.add(shipment.shipmentId().value());
      }
    }
    if (touched.isEmpty()) {
      return;
    }
    Map<ShipmentId, Row> rows = stored(touched);
    for (RecordedEvent event : batch) {
      if (event.payload() instanceof ShipmentEvent shipment) {
        rows.computeIfAbsent(shipment.shipmentId(), Row::new).apply(event, shipment);
      }
    }
    write(rows);
  }

  private Map<ShipmentId, Row> stored(Set<String> shipments) {
    Map<ShipmentId, Row> rows = new LinkedHashMap<>();
    jdbc.query(
        connection -> {
          var statement = connection.prepareStatement(STORED);
          statement.setArray(1, connection.createArrayOf("text", shipments.toArray()));
          return statement;
        },
        columns -> {
          Row row = Row.stored(columns);
          rows.put(row.shipmentId, row);
        });
    return rows;
  }

  private void write(Map<ShipmentId, Row> rows) {
    RowBatch batch =
        new RowBatch(
            "text",
            "text",
            "text",
            "text",
            "text",
            "text",
            "text",
            "timestamptz",
            "int8",
            "timestamptz",
            "int8");
    rows.values()
        .forEach(
            row ->
                batch.add(
                    row.shipmentId.value(),
                    row.orderId,
                    row.location,
                    row.status.name(),
                    row.lines,
                    row.carrier,
                    row.trackingNumber,
                    row.preparedAt,
                    row.preparedPosition,
                    row.changedAt,
                    row.position));
    batch.write(jdbc, UPSERT);
  }
}
