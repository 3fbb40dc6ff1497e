package dev.lastunit.ordering.projection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lastunit.cart.api.CartEvent.CartOpened;
import dev.lastunit.fulfilment.api.ShipmentEvent.ShipmentDelivered;
import dev.lastunit.fulfilment.api.ShipmentEvent.ShipmentDispatched;
import dev.lastunit.fulfilment.api.ShipmentEvent.ShipmentPrepared;
import dev.lastunit.fulfilment.api.ShipmentLine;
import dev.lastunit.ordering.api.OrderEvent.OrderCancelled;
import dev.lastunit.ordering.api.OrderEvent.OrderConfirmed;
import dev.lastunit.ordering.api.OrderEvent.OrderDelivered;
import dev.lastunit.ordering.api.OrderEvent.OrderPlaced;
import dev.lastunit.ordering.api.OrderEvent.OrderRejected;
import dev.lastunit.ordering.api.OrderEvent.OrderReserved;
import dev.lastunit.ordering.api.OrderEvent.OrderShipped;
import dev.lastunit.ordering.api.OrderEvent.ReturnAccepted;
import dev.lastunit.ordering.api.OrderEvent.ReturnCompleted;
import dev.lastunit.ordering.api.OrderLine;
import dev.lastunit.ordering.api.OrderStatus;
import dev.lastunit.ordering.api.PaymentChoice;
import dev.lastunit.ordering.api.RejectionReason;
import dev.lastunit.ordering.api.ReservedLine;
import dev.lastunit.ordering.api.ReturnedLine;
import dev.lastunit.ordering.api.ShippingAddress;
import dev.lastunit.ordering.api.Shortage;
import dev.lastunit.payment.api.PaymentEvent.PaymentAbandoned;
import dev.lastunit.payment.api.PaymentEvent.PaymentAuthorised;
import dev.lastunit.payment.api.PaymentEvent.PaymentCaptureRequested;
import dev.lastunit.payment.api.PaymentEvent.PaymentCaptured;
import dev.lastunit.payment.api.PaymentEvent.PaymentRefunded;
import dev.lastunit.payment.api.PaymentEvent.PaymentRequested;
import dev.lastunit.shared.api.Allocation;
import dev.lastunit.shared.api.CartId;
import dev.lastunit.shared.api.CustomerId;
import dev.lastunit.shared.api.Event;
import dev.lastunit.shared.api.LocationId;
import dev.lastunit.shared.api.Money;
import dev.lastunit.shared.api.OrderId;
import dev.lastunit.shared.api.PaymentId;
import dev.lastunit.shared.api.RecordedEvent;
import dev.lastunit.shared.api.ReturnId;
import dev.lastunit.shared.api.ShipmentId;
import dev.lastunit.shared.api.Sku;
import dev.lastunit.testing.History;
import dev.lastunit.testing.ReadModelDatabase;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.PreparedStatementCreator;
import org.springframework.jdbc.core.RowCallbackHandler;

/** The orders' read model on a real PostgreSQL, whatever the cut of the batches. */
class OrdersProjectionTest {

  private static final CustomerId BUYER = new CustomerId("guest-1");
  private static final Sku SKU = new Sku("85123A");
  private static final LocationId MAIN = new LocationId("main");
  private static final Instant EXPIRY = Instant.parse("2026-11-23T19:15:00.123456Z");
  private static final Money TOTAL = new Money(1530, "GBP");
  private static final List<ReservedLine> RESERVED =
      List.of(new ReservedLine(SKU, List.of(new Allocation(MAIN, 6))));

  private static ReadModelDatabase database;
  private static OrdersProjection projection;

  @BeforeAll
  static void start() {
    database = new ReadModelDatabase("V11__ordering.sql", "V45__returns.sql");
    projection = new OrdersProjection(database.jdbc());
  }

  @AfterAll
  static void stop() {
    database.close();
  }

  @BeforeEach
  void empty() {
    database.jdbc().execute("truncate ordering.order_view");
  }

  private static OrderPlaced placed(OrderId order) {
    return new OrderPlaced(
        order,
        BUYER,
        "key-" + order,
        "print",
        null,
        List.of(new OrderLine(SKU, "Heart", 6, new Money(255, "GBP"))),
        TOTAL,
        new ShippingAddress("Ada", "1 Mill Lane", null, "Leeds", "LS1", "GB"),
        new PaymentChoice("card", "tok_ok"));
  }

  private static Map<String, Object> row(OrderId order) {
    return database
        .jdbc()
        .queryForMap("select * from ordering.order_view where order_id = ?", order.value());
  }

  private static List<Map<String, Object>> table() {
    return database.jdbc().queryForList("select * from ordering.order_view order by order_id");
  }

  /** One order that is delivered and one that is cancelled after capture, interleaved. */
  private static List<RecordedEvent> twoOrders(OrderId kept, OrderId undone) {
    PaymentId keptPayment = PaymentId.of(kept);
    PaymentId undonePayment = PaymentId.of(undone);
    ShipmentId shipment = ShipmentId.of(kept, MAIN);
    return new History()
        .and(
            placed(kept),
            placed(undone),
            new CartOpened(new CartId("cart-1"), BUYER),
            new OrderReserved(kept, RESERVED, EXPIRY),
            new OrderReserved(undone, RESERVED, EXPIRY),
            new PaymentRequested(keptPayment, kept, BUYER, TOTAL, "card", "tok_ok", "simulator"),
            new PaymentRequested(undonePayment, undone, BUYER, TOTAL, "card", "tok", "simulator"),
            new PaymentAuthorised(keptPayment, kept, "ch-1", TOTAL),
            new PaymentAuthorised(undonePayment, undone, "ch-2", TOTAL),
            new OrderConfirmed(kept),
            new OrderConfirmed(undone),
            new PaymentCaptureRequested(keptPayment, kept),
            new PaymentCaptured(keptPayment, kept, "ch-1", TOTAL),
            new PaymentCaptured(undonePayment, undone, "ch-2", TOTAL),
            new OrderCancelled(undone, "changed my mind", OrderStatus.CONFIRMED, RESERVED),
            new PaymentAbandoned(undonePayment, undone, "cancelled"),
            new PaymentRefunded(undonePayment, undone, "ch-2", TOTAL, null),
            new ShipmentPrepared(shipment, kept, MAIN, List.of(new ShipmentLine(SKU, 6))),
            new OrderShipped(kept, shipment),
            new ShipmentDispatched(shipment, kept, "Royal Post", "RP1"),
            new ShipmentDelivered(shipment, kept),
            new OrderDelivered(kept))
        .events();
  }

  @Test
  void showsReturnsAndHowFarTheyAre() {
    OrderId order = new OrderId("ord-a");
    List<RecordedEvent> delivered = twoOrders(order, new OrderId("ord-b"));
    ReturnId returnId = ReturnId.of(order, "1");
    Money worth = new Money(255, "GBP");
    List<RecordedEvent> events =
        new History()
            .and(delivered.stream().map(RecordedEvent::payload).toArray(Event[]::new))
            .and(
                new ReturnAccepted(
                    order,
                    returnId,
                    List.of(new ReturnedLine(SKU, 1, worth, List.of())),
                    worth,
                    false,
                    null),
                new ReturnCompleted(order, returnId))
            .events();
    int accepted = events.size() - 1;

    database.project(projection, events.subList(0, accepted), 500);
    assertThat(row(order).get("returns").toString())
        .startsWith(
            "[{\"returnId\":\"ret-a-1\",\"status\":\"accepted\",\"items\":[{\"sku\":\"85123A\","
                + "\"quantity\":1,\"refund\":{\"amount\":255,\"currency\":\"GBP\"}}],"
                + "\"refund\":{\"amount\":255,\"currency\":\"GBP\"},\"restock\":false,");
    assertThat(row(new OrderId("ord-b"))).containsEntry("returns", null);

    database.project(projection, events.subList(accepted, events.size()), 500);
    assertThat(row(order)).containsEntry("status", "DELIVERED");
    assertThat(row(order).get("returns").toString()).contains("\"status\":\"completed\"");
    assertThat(row(order).get("timeline").toString()).contains("ReturnAccepted", "ReturnCompleted");
  }

  @Test
  void tellsThePlacedOrder() {
    OrderId order = new OrderId("ord-a");

    database.project(projection, new History().and(placed(order)).events(), 500);

    assertThat(row(order))
        .containsEntry("customer_id", "guest-1")
        .containsEntry("status", "PLACED")
        .containsEntry("currency", "GBP")
        .containsEntry("total", 1530L)
        .containsEntry("placed_position", 1L)
        .containsEntry("line_count", 1)
        .containsEntry("payment_status", null)
        .containsEntry("expires_at", null)
        .containsEntry("position", 1L)
        .containsEntry(
            "lines",
            "[{\"sku\":\"85123A\",\"name\":\"Heart\",\"quantity\":6,"
                + "\"unitPrice\":{\"amount\":255,\"currency\":\"GBP\"},"
                + "\"lineTotal\":{\"amount\":1530,\"currency\":\"GBP\"}}]")
        .containsEntry(
            "timeline",
            "[{\"type\":\"OrderPlaced\",\"at\":\"2026-11-23T19:00:00Z\",\"position\":1}]");
  }

  @Test
  void holdsTheUnitsUntilTheOrderIsDecided() {
    OrderId order = new OrderId("ord-a");
    History history = new History().and(placed(order), new OrderReserved(order, RESERVED, EXPIRY));

    database.project(projection, history.events(), 500);

    assertThat(row(order)).containsEntry("status", "RESERVED");
    assertThat(
            database
                .jdbc()
                .queryForObject(
                    "select expires_at = ?::timestamptz from ordering.order_view",
                    Boolean.class,
                    EXPIRY.toString()))
        .isTrue();

    database.project(
        projection, history.and(new OrderConfirmed(order)).events().subList(2, 3), 500);

    assertThat(row(order)).containsEntry("status", "CONFIRMED").containsEntry("expires_at", null);
  }

  @Test
  void tellsWhyAnOrderWasRejected() {
    OrderId order = new OrderId("ord-a");

    database.project(
        projection,
        new History()
            .and(
                placed(order),
                new OrderRejected(
                    order, RejectionReason.OUT_OF_STOCK, List.of(new Shortage(SKU, 6, 4))))
            .events(),
        500);

    assertThat(row(order))
        .containsEntry("status", "REJECTED")
        .containsEntry("reason", "OUT_OF_STOCK")
        .containsEntry("shortages", "[{\"sku\":\"85123A\",\"requested\":6,\"available\":4}]");
  }

  @Test
  void tellsPaymentShipmentsAndSteps() {
    OrderId kept = new OrderId("ord-kept");
    OrderId undone = new OrderId("ord-undone");

    database.project(projection, twoOrders(kept, undone), 500);

    assertThat(row(kept))
        .containsEntry("status", "DELIVERED")
        .containsEntry("payment_id", "pay-kept")
        .containsEntry("payment_status", "CAPTURED")
        .containsEntry("captured", 1530L)
        .containsEntry("refunded", 0L)
        .containsEntry(
            "shipments",
            "[{\"shipmentId\":\"shp-kept-main\",\"location\":\"main\",\"status\":\"delivered\","
                + "\"carrier\":\"Royal Post\",\"trackingNumber\":\"RP1\"}]")
        .containsEntry("position", 22L);
    assertThat((String) row(kept).get("timeline"))
        .containsSubsequence(
            "OrderPlaced",
            "StockReserved",
            "PaymentRequested",
            "PaymentAuthorised",
            "OrderConfirmed",
            "PaymentCaptured",
            "ShipmentPrepared",
            "OrderShipped",
            "ShipmentDispatched",
            "ShipmentDelivered",
            "OrderDelivered")
        .doesNotContain("PaymentCaptureRequested");
    assertThat(row(undone))
        .containsEntry("status", "CANCELLED")
        .containsEntry("payment_status", "REFUNDED")
        .containsEntry("refunded", 1530L);
  }

  @Test
  void theCutOfTheBatchesDoesNotMatter() {
    List<RecordedEvent> events = twoOrders(new OrderId("ord-kept"), new OrderId("ord-undone"));
    database.project(projection, events, 500);
    List<Map<String, Object>> atOnce = table();

    for (int size : new int[] {1, 2, 3, 7}) {
      empty();
      database.project(projection, events, size);

      assertThat(table()).as("batches of %d", size).isEqualTo(atOnce);
    }
  }

  @Test
  void handlingAnythingAgainChangesNothing() {
    List<RecordedEvent> events = twoOrders(new OrderId("ord-kept"), new OrderId("ord-undone"));
    database.project(projection, events, 5);
    List<Map<String, Object>> once = table();

    database.project(projection, events.subList(7, events.size()), 4);
    database.project(projection, events, 500);

    assertThat(table()).isEqualTo(once);
  }

  /** Orders that are on their way are neither selected nor parsed again. */
  @Test
  void whatItHasJustWrittenItDoesNotRead() {
    List<RecordedEvent> events = twoOrders(new OrderId("ord-kept"), new OrderId("ord-undone"));
    CountingReads jdbc = new CountingReads(database.jdbc().getDataSource());

    database.project(new OrdersProjection(jdbc), events, 2);
    List<Map<String, Object>> kept = table();
    assertThat(jdbc.reads).isZero();

    empty();
    for (RecordedEvent event : events) {
      database.project(new OrdersProjection(jdbc), List.of(event), 1);
    }
    assertThat(jdbc.reads).isPositive();
    assertThat(table()).isEqualTo(kept);
  }

  /** Another node ran the handler for a while: what this one remembers does not count. */
  @Test
  void goesOnFromWhatAnotherNodeHasWritten() {
    List<RecordedEvent> events = twoOrders(new OrderId("ord-kept"), new OrderId("ord-undone"));
    database.project(projection, events, 500);
    List<Map<String, Object>> atOnce = table();

    for (int lost = 1; lost < events.size(); lost++) {
      for (int regained = lost; regained < events.size(); regained++) {
        empty();
        OrdersProjection here = new OrdersProjection(database.jdbc());
        OrdersProjection there = new OrdersProjection(database.jdbc());
        database.project(here, events.subList(0, lost), 3);
        database.project(there, events.subList(lost, regained), 3);
        database.project(here, events.subList(regained, events.size()), 3);

        assertThat(table()).as("lost at %d, regained at %d", lost, regained).isEqualTo(atOnce);
      }
    }
  }

  /** What a batch has written that was rolled back was never there. */
  @Test
  void remembersNothingOfABatchThatFailed() {
    List<RecordedEvent> events = twoOrders(new OrderId("ord-kept"), new OrderId("ord-undone"));
    database.project(projection, events, 500);
    List<Map<String, Object>> atOnce = table();

    for (int failing = 0; failing < events.size() - 3; failing++) {
      empty();
      OrdersProjection here = new OrdersProjection(database.jdbc());
      database.project(here, events.subList(0, failing), 4);
      database.rollBack(here, events.subList(failing, failing + 3));
      database.project(here, events.subList(failing, events.size()), 4);

      assertThat(table()).as("failed at %d", failing).isEqualTo(atOnce);
    }
  }

  private static final class CountingReads extends JdbcTemplate {

    private int reads;

    CountingReads(DataSource dataSource) {
      super(dataSource);
    }

    @Override
    public void query(PreparedStatementCreator statement, RowCallbackHandler handler) {
      reads++;
      super.query(statement, handler);
    }
  }

  @Test
  void anOrderOfTwoThousandLinesIsOneRow() {
    OrderId order = new OrderId("ord-large");
    List<OrderLine> lines = new ArrayList<>();
    for (int i = 0; i < 2_000; i++) {
      lines.add(new OrderLine(new Sku("S" + i), "Thing " + i, 1, new Money(100, "GBP")));
    }
    OrderPlaced placed = placed(order);

    database.project(
        projection,
        new History()
            .and(
                new OrderPlaced(
                    order,
                    BUYER,
                    "key",
                    "print",
                    null,
                    lines,
                    new Money(200_000, "GBP"),
                    placed.shippingAddress(),
                    placed.payment()),
                new OrderConfirmed(order))
            .events(),
        1);

    assertThat(row(order)).containsEntry("line_count", 2_000).containsEntry("status", "CONFIRMED");
    assertThat((String) row(order).get("lines")).contains("\"S0\"", "\"S1999\"");
  }

  @Test
  void anOrderThatWasNeverPlacedStopsTheHandler() {
    List<RecordedEvent> events =
        new History().and(new OrderConfirmed(new OrderId("ord-nowhere"))).events();

    assertThatThrownBy(() -> database.project(projection, events, 500))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("ord-nowhere");
    assertThat(table()).isEmpty();
  }
}
