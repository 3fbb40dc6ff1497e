package dev.lastunit.inventory.projection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lastunit.inventory.api.Sourcing;
import dev.lastunit.inventory.api.StockEvent;
import dev.lastunit.inventory.api.StockEvent.ReservationConfirmed;
import dev.lastunit.inventory.api.StockEvent.ReservationExpired;
import dev.lastunit.inventory.api.StockEvent.StockPolicySet;
import dev.lastunit.inventory.api.StockEvent.StockReceived;
import dev.lastunit.inventory.api.StockEvent.StockReserved;
import dev.lastunit.inventory.api.StockEvent.UnitsReturned;
import dev.lastunit.inventory.api.StockPolicy;
import dev.lastunit.shared.api.Allocation;
import dev.lastunit.shared.api.CommandId;
import dev.lastunit.shared.api.LocationId;
import dev.lastunit.shared.api.OrderId;
import dev.lastunit.shared.api.RecordedEvent;
import dev.lastunit.shared.api.ReservationId;
import dev.lastunit.shared.api.Sku;
import dev.lastunit.testing.History;
import dev.lastunit.testing.RandomStock;
import dev.lastunit.testing.ReadModelDatabase;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.dao.DuplicateKeyException;

/** The inventory's read model on a real PostgreSQL. */
class StockProjectionTest {

  private static final Sku LAMP = new Sku("LAMP-1");
  private static final LocationId NORTH = new LocationId("north");
  private static final LocationId SOUTH = new LocationId("south");
  private static final OrderId ORDER = new OrderId("ord-1");
  private static final ReservationId RESERVATION = ReservationId.of(ORDER, LAMP);
  private static final List<Allocation> HELD =
      List.of(new Allocation(NORTH, 3), new Allocation(SOUTH, 2));

  private static ReadModelDatabase database;
  private static StockProjection projection;

  @BeforeAll
  static void start() {
    database = new ReadModelDatabase("V2__inventory.sql");
    projection = new StockProjection(database.jdbc());
  }

  @AfterAll
  static void stop() {
    database.close();
  }

  @BeforeEach
  void empty() {
    database
        .jdbc()
        .execute("truncate inventory.stock, inventory.stock_location, inventory.reservation");
  }

  @Test
  void holdsUnitsPerLocationUntilTheReservationIsConfirmed() {
    History history =
        new History()
            .and(
                received(SOUTH, 5),
                received(NORTH, 10),
                new StockReserved(LAMP, RESERVATION, ORDER, HELD, History.START.plusSeconds(900)));
    database.project(projection, history.events(), 10);

    assertThat(
            rows(
                "select location, on_hand, reserved from inventory.stock_location l"
                    + " order by since_position"))
        .containsExactly(
            Map.of("location", "south", "on_hand", 5L, "reserved", 2L),
            Map.of("location", "north", "on_hand", 10L, "reserved", 3L));
    assertThat(
            rows(
                "select reservation_id, order_id, quantity, allocations::text as parts"
                    + " from inventory.reservation"))
        .containsExactly(
            Map.of(
                "reservation_id",
                RESERVATION.value(),
                "order_id",
                ORDER.value(),
                "quantity",
                5L,
                "parts",
                "[{\"location\": \"north\", \"quantity\": 3},"
                    + " {\"location\": \"south\", \"quantity\": 2}]"));

    history.and(new ReservationConfirmed(LAMP, RESERVATION, ORDER, HELD));
    database.project(projection, history.events().subList(3, 4), 10);
    assertThat(
            rows(
                "select sum(on_hand)::bigint as on_hand, sum(reserved)::bigint as reserved"
                    + " from inventory.stock_location"))
        .containsExactly(Map.of("on_hand", 10L, "reserved", 0L));
    assertThat(rows("select sold, position from inventory.stock"))
        .containsExactly(Map.of("sold", 5L, "position", 4L));
    assertThat(rows("select * from inventory.reservation")).isEmpty();

    history.and(new UnitsReturned(LAMP, RESERVATION, ORDER, HELD, "cancelled", null));
    database.project(projection, history.events().subList(4, 5), 10);
    assertThat(rows("select sold from inventory.stock")).containsExactly(Map.of("sold", 0L));
  }

  @Test
  void neverWritesAReservationThatOpensAndEndsInOneBatch() {
    database.project(
        projection,
        new History()
            .and(
                new StockReserved(LAMP, RESERVATION, ORDER, HELD, History.START),
                new ReservationExpired(LAMP, RESERVATION, ORDER, HELD))
            .events(),
        10);

    assertThat(rows("select * from inventory.reservation")).isEmpty();
    assertThat(rows("select distinct reserved from inventory.stock_location"))
        .containsExactly(Map.of("reserved", 0L));
  }

  @Test
  void setsAPolicyWholeAndKeepsItOtherwise() {
    History history =
        new History()
            .and(
                new StockPolicySet(
                    LAMP, new StockPolicy(Duration.ofMinutes(5), 2, 1, Sourcing.NEAREST)),
                received(NORTH, 1));
    database.project(projection, history.events(), 1);
    String policy =
        "select reservation_ttl_millis, safety_stock, oversell_allowance, sourcing"
            + " from inventory.stock";
    assertThat(database.jdbc().queryForMap(policy))
        .containsEntry("reservation_ttl_millis", 300_000L)
        .containsEntry("safety_stock", 2)
        .containsEntry("oversell_allowance", 1)
        .containsEntry("sourcing", "nearest");

    history.and(new StockPolicySet(LAMP, new StockPolicy(null, 0, 0, Sourcing.FEWEST_SHIPMENTS)));
    database.project(projection, history.events().subList(2, 3), 1);
    assertThat(database.jdbc().queryForMap(policy))
        .containsEntry("reservation_ttl_millis", null)
        .containsEntry("safety_stock", 0)
        .containsEntry("sourcing", "fewest-shipments");
  }

  @Test
  void foldsABatchToTheSameRowsAsOneEventAfterTheOther() {
    List<Sku> skus = new ArrayList<>();
    for (int i = 0; i < 12; i++) {
      skus.add(new Sku("SKU-" + i));
    }
    RandomStock stock = new RandomStock(new Random(5), skus);
    History history = new History();
    for (int i = 0; i < 600; i++) {
      history.and(stock.next());
    }
    List<RecordedEvent> events = history.events();
    database.project(projection, events, 1);
    List<Map<String, Object>> oneByOne = tables();
    assertThat(rows("select * from inventory.reservation")).hasSizeGreaterThan(10);

    for (int size : new int[] {13, 250, 600}) {
      empty();
      database.project(projection, events, size);
      assertThat(tables()).as("batches of %d", size).isEqualTo(oneByOne);
    }
  }

  @Test
  void stopsAtAReservationThatIsOpenAlready() {
    StockEvent reserved = new StockReserved(LAMP, RESERVATION, ORDER, HELD, History.START);
    List<RecordedEvent> events = new History().and(reserved, reserved).events();
    database.project(projection, events.subList(0, 1), 1);

    assertThatThrownBy(() -> database.project(projection, events.subList(1, 2), 1))
        .isInstanceOf(DuplicateKeyException.class);
    assertThat(rows("select distinct position from inventory.stock"))
        .as("nothing of the batch is kept")
        .containsExactly(Map.of("position", 1L));
  }

  private static StockReceived received(LocationId location, int quantity) {
    return new StockReceived(LAMP, new CommandId("c"), location, quantity, "po-1");
  }

  private static List<Map<String, Object>> rows(String sql) {
    return database.jdbc().queryForList(sql);
  }

  private static List<Map<String, Object>> tables() {
    List<Map<String, Object>> result =
        new ArrayList<>(rows("select s::text as row from inventory.stock s order by sku"));
    result.addAll(
        rows("select l::text as row from inventory.stock_location l order by sku, location"));
    result.addAll(rows("select r::text as row from inventory.reservation r order by 1"));
    return result;
  }
}
