package dev.lastunit.fulfilment.projection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lastunit.fulfilment.api.ShipmentEvent.ShipmentCancelled;
import dev.lastunit.fulfilment.api.ShipmentEvent.ShipmentDelivered;
import dev.lastunit.fulfilment.api.ShipmentEvent.ShipmentDispatched;
import dev.lastunit.fulfilment.api.ShipmentEvent.ShipmentPrepared;
import dev.lastunit.fulfilment.api.ShipmentEvent.ShipmentSplit;
import dev.lastunit.fulfilment.api.ShipmentLine;
import dev.lastunit.shared.api.LocationId;
import dev.lastunit.shared.api.OrderId;
import dev.lastunit.shared.api.RecordedEvent;
import dev.lastunit.shared.api.ShipmentId;
import dev.lastunit.shared.api.Sku;
import dev.lastunit.testing.History;
import dev.lastunit.testing.ReadModelDatabase;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The shipments' read model on a real PostgreSQL. */
class ShipmentsProjectionTest {

  private static final OrderId ORDER = new OrderId("ord-a");
  private static final LocationId MAIN = new LocationId("main");
  private static final LocationId SHOP = new LocationId("shop");
  private static final ShipmentId SENT = ShipmentId.of(ORDER, MAIN);
  private static final ShipmentId UNDONE = ShipmentId.of(ORDER, SHOP);
  private static final List<ShipmentLine> LINES = List.of(new ShipmentLine(new Sku("85123A"), 6));

  private static ReadModelDatabase database;
  private static ShipmentsProjection projection;

  @BeforeAll
  static void start() {
    database = new ReadModelDatabase("V13__fulfilment.sql");
    projection = new ShipmentsProjection(database.jdbc());
  }

  @AfterAll
  static void stop() {
    database.close();
  }

  @BeforeEach
  void empty() {
    database.jdbc().execute("truncate fulfilment.shipment_view");
  }

  private static List<RecordedEvent> history() {
    return new History()
        .and(
            new ShipmentPrepared(SENT, ORDER, MAIN, LINES),
            new ShipmentPrepared(UNDONE, ORDER, SHOP, LINES),
            new ShipmentDispatched(SENT, ORDER, "Royal Post", "RP1"),
            new ShipmentCancelled(UNDONE, ORDER),
            new ShipmentDelivered(SENT, ORDER))
        .events();
  }

  private static List<Map<String, Object>> table() {
    return database.jdbc().queryForList("select * from fulfilment.shipment_view order by 1");
  }

  @Test
  void tellsWhereEachShipmentIs() {
    database.project(projection, history(), 500);

    assertThat(table()).hasSize(2);
    assertThat(table().getFirst())
        .containsEntry("shipment_id", "shp-a-main")
        .containsEntry("order_id", "ord-a")
        .containsEntry("location", "main")
        .containsEntry("status", "DELIVERED")
        .containsEntry("carrier", "Royal Post")
        .containsEntry("tracking_number", "RP1")
        .containsEntry("lines", "[{\"sku\":\"85123A\",\"quantity\":6}]")
        .containsEntry("prepared_position", 1L)
        .containsEntry("position", 5L);
    assertThat(table().getLast())
        .containsEntry("status", "CANCELLED")
        .containsEntry("carrier", null);
  }

  @Test
  void neitherTheCutOfTheBatchesNorARepeatMatters() {
    database.project(projection, history(), 500);
    List<Map<String, Object>> atOnce = table();

    empty();
    database.project(projection, history(), 1);
    assertThat(table()).isEqualTo(atOnce);

    database.project(projection, history().subList(1, 5), 2);
    assertThat(table()).isEqualTo(atOnce);
  }

  @Test
  void showsWhatIsLeftOfAShipmentThatLeftInParts() {
    List<RecordedEvent> events =
        new History()
            .and(
                new ShipmentPrepared(
                    SENT,
                    ORDER,
                    new LocationId("main"),
                    List.of(
                        new ShipmentLine(new Sku("85123A"), 6),
                        new ShipmentLine(new Sku("22423"), 1))),
                new ShipmentSplit(
                    SENT,
                    ORDER,
                    SENT.rest(),
                    new LocationId("main"),
                    List.of(
                        new ShipmentLine(new Sku("85123A"), 4),
                        new ShipmentLine(new Sku("22423"), 1))),
                new ShipmentDispatched(SENT, ORDER, "Royal Post", "RP1"))
            .events();

    database.project(projection, events, 1);

    assertThat(table().getFirst())
        .containsEntry("status", "DISPATCHED")
        .containsEntry("lines", "[{\"sku\":\"85123A\",\"quantity\":2}]");
  }

  @Test
  void aShipmentThatWasNeverPreparedStopsTheHandler() {
    List<RecordedEvent> events = new History().and(new ShipmentDelivered(SENT, ORDER)).events();

    assertThatThrownBy(() -> database.project(projection, events, 500))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("shp-a-main");
  }
}
