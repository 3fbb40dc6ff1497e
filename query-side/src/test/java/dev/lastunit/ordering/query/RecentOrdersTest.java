package dev.lastunit.ordering.query;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lastunit.fulfilment.api.ShipmentEvent.ShipmentCancelled;
import dev.lastunit.fulfilment.api.ShipmentEvent.ShipmentDelivered;
import dev.lastunit.fulfilment.api.ShipmentEvent.ShipmentDispatched;
import dev.lastunit.fulfilment.api.ShipmentEvent.ShipmentPrepared;
import dev.lastunit.ordering.api.OrderEvent.OrderReserved;
import dev.lastunit.ordering.api.OrderProgress;
import dev.lastunit.ordering.api.OrderQuery.OrderView;
import dev.lastunit.ordering.api.OrderStatus;
import dev.lastunit.ordering.api.RejectionReason;
import dev.lastunit.ordering.query.OrderReads.Found;
import dev.lastunit.ordering.query.OrderReads.ListOrders;
import dev.lastunit.payment.api.PaymentEvent.PaymentRefunded;
import dev.lastunit.shared.api.CustomerId;
import dev.lastunit.shared.api.ErrorCode;
import dev.lastunit.shared.api.Event;
import dev.lastunit.shared.api.EventJson;
import dev.lastunit.shared.api.LiveEvents;
import dev.lastunit.shared.api.LocationId;
import dev.lastunit.shared.api.Money;
import dev.lastunit.shared.api.OrderId;
import dev.lastunit.shared.api.Problem;
import dev.lastunit.shared.api.RecordedEvent;
import dev.lastunit.shared.api.ShipmentId;
import dev.lastunit.testing.Purchase;
import dev.lastunit.testing.StoreServer;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Consumer;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.test.StepVerifier;

/**
 * Orders from memory and from the table: the same answers, and never an older one after a newer.
 */
class RecentOrdersTest {

  private static final Duration SOON = Duration.ofSeconds(10);
  private static final LocationId NORTH = new LocationId("north");

  private static StoreServer server;

  @BeforeAll
  static void start() {
    server = StoreServer.shared();
  }

  @BeforeEach
  void clear() {
    server.clear();
  }

  private static long append(Event... events) {
    long last = 0;
    for (Event event : events) {
      last = server.append(Purchase.stream(event), event);
    }
    return last;
  }

  private static Found<OrderView> read(OrderId order, long minPosition) {
    return server.bean(OrderReads.class).find(order, minPosition).block(SOON);
  }

  /** Every way that an order can go, each step with whatever may come before or after it. */
  private static List<List<Event>> ways(String suffix) {
    Purchase a = Purchase.of("ord-a" + suffix, "ada");
    Purchase b = Purchase.of("ord-b" + suffix, "bob");
    Purchase c = Purchase.of("ord-c" + suffix, "ada");
    Purchase d = Purchase.of("ord-d" + suffix, "bob");
    Purchase e = Purchase.of("ord-e" + suffix, "eve");
    Purchase f = Purchase.of("ord-f" + suffix, "eve");
    ShipmentId second = ShipmentId.of(a.orderId(), NORTH);
    List<Event> delivered = new ArrayList<>(a.success());
    delivered.addAll(
        List.of(
            new ShipmentPrepared(second, a.orderId(), NORTH, a.prepared().lines()),
            a.dispatched(),
            a.shipped(),
            a.arrived(),
            new ShipmentDispatched(second, a.orderId(), "Snail", "S1"),
            new ShipmentDelivered(second, a.orderId()),
            a.delivered(),
            new PaymentRefunded(
                a.paymentId(), a.orderId(), "ch-part", new Money(100, "GBP"), null)));
    List<Event> recalled = new ArrayList<>(c.success());
    recalled.addAll(
        List.of(
            c.cancelled(OrderStatus.CONFIRMED),
            new ShipmentCancelled(c.shipmentId(), c.orderId()),
            c.abandoned(),
            c.refunded()));
    return List.of(
        delivered,
        b.refusal(),
        recalled,
        List.of(d.placed(), d.rejected(RejectionReason.OUT_OF_STOCK), d.abandoned()),
        e.undone(),
        List.of(
            f.placed(),
            new OrderReserved(
                f.orderId(), f.reserved().lines(), Instant.parse("2026-11-23T19:15:00.123456789Z")),
            f.requested(),
            f.pending(),
            f.rejected(RejectionReason.RESERVATION_EXPIRED),
            f.abandoned(),
            f.authorised(),
            f.voided()));
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void memoryAndTableShowTheSame(long seed) {
    Random random = new Random(seed);
    List<List<Event>> rest = new ArrayList<>();
    ways("1").forEach(way -> rest.add(new ArrayList<>(way)));
    ways("2").forEach(way -> rest.add(new ArrayList<>(way)));
    List<OrderId> orders = rest.stream().map(way -> order(way.getFirst())).toList();
    List<List<Event>> running = new ArrayList<>(rest);
    List<String> fromMemory = new ArrayList<>();
    List<String> fromTable = new ArrayList<>();
    // Compared where it is cut off: once in the midst of everything, and at the end.
    int cut = rest.stream().mapToInt(List::size).sum() / 2 + random.nextInt(20) - 10;
    for (int done = 0; !running.isEmpty(); done++) {
      List<Event> way = running.get(random.nextInt(running.size()));
      append(way.removeFirst());
      running.removeIf(List::isEmpty);
      if (done == cut || running.isEmpty()) {
        long reads = server.reads();
        orders.forEach(order -> fromMemory.add(held(order)));
        assertThat(server.reads()).as("statements for orders in memory").isEqualTo(reads);
        server.project();
        orders.forEach(order -> fromTable.add(stored(order)));
      }
    }

    assertThat(fromMemory).isEqualTo(fromTable).anyMatch(text -> text.contains("delivered"));
  }

  private static OrderId order(Event first) {
    return OrderProgress.orderOf(first);
  }

  private static String held(OrderId order) {
    OrderView view = server.bean(RecentOrders.class).find(order);
    return view == null ? "none" : EventJson.mapper().writeValueAsString(view);
  }

  private static String stored(OrderId order) {
    ListOrders all = new ListOrders(null, null, 100, null);
    return server.bean(OrderReads.class).list(all, 0).block(SOON).value().items().stream()
        .filter(view -> view.orderId().equals(order))
        .findFirst()
        .map(EventJson.mapper()::writeValueAsString)
        .orElse("none");
  }

  @Test
  void answersWithoutTheTableAndTellsHowFarItIs() {
    Purchase purchase = Purchase.of("ord-a", "ada");
    append(purchase.placed(), purchase.reserved());
    long confirmed = append(purchase.confirmed());
    long later = append(Purchase.of("ord-b", "bob").placed());
    long reads = server.reads();

    Found<OrderView> found = read(purchase.orderId(), confirmed);

    assertThat(found.value().status()).isEqualTo(OrderStatus.CONFIRMED);
    assertThat(found.position()).isEqualTo(later);
    assertThat(server.reads()).isEqualTo(reads);
  }

  @Test
  void waitsForTheEventWhereverItIsSeenFirst() {
    Purchase purchase = Purchase.of("ord-a", "ada");
    append(purchase.placed());

    StepVerifier.create(server.bean(OrderReads.class).find(purchase.orderId(), 2))
        .expectSubscription()
        .expectNoEvent(Duration.ofMillis(50))
        .then(() -> append(purchase.confirmed()))
        .assertNext(found -> assertThat(found.value().status()).isEqualTo(OrderStatus.CONFIRMED))
        .expectComplete()
        .verify(SOON);
  }

  @Test
  void readsTheTableWhenItIsFurther() {
    Purchase purchase = Purchase.of("ord-a", "ada");
    append(purchase.placed(), purchase.confirmed());
    server.project();
    server.forgetRecentOrders();

    Found<OrderView> found = read(purchase.orderId(), 0);

    assertThat(found.value().status()).isEqualTo(OrderStatus.CONFIRMED);
    assertThat(found.position()).isEqualTo(2);
  }

  @Test
  void anOrderOfBeforeTheWatchIsTheTables() {
    Purchase purchase = Purchase.of("ord-a", "ada");
    append(purchase.placed());
    server.forgetRecentOrders();
    append(purchase.reserved(), purchase.confirmed());
    server.project();

    assertThat(held(purchase.orderId())).isEqualTo("none");
    assertThat(read(purchase.orderId(), 3).value().timeline()).hasSize(3);
  }

  /** Whoever has seen an order here waits for the table when it is here no more. */
  @Test
  void nobodySeesLessOfAnOrderThatWasDropped() {
    Purchase purchase = Purchase.of("ord-a", "ada");
    append(purchase.placed());
    server.project();
    append(purchase.confirmed());
    assertThat(read(purchase.orderId(), 0).value().status()).isEqualTo(OrderStatus.CONFIRMED);
    server.bean(RecentOrders.class).startOver(2);

    StepVerifier.create(server.bean(OrderReads.class).find(purchase.orderId(), 0))
        .expectSubscription()
        .expectNoEvent(Duration.ofMillis(50))
        .then(() -> server.project())
        .assertNext(found -> assertThat(found.value().status()).isEqualTo(OrderStatus.CONFIRMED))
        .expectComplete()
        .verify(SOON);
  }

  /** A row of a table that another node writes may be further than this node's memory. */
  @Test
  void nobodySeesLessInMemoryThanInTheTable() {
    Purchase purchase = Purchase.of("ord-a", "ada");
    append(purchase.placed());
    server.project();
    server.bean(RecentOrders.class).showed(2);
    long reads = server.reads();

    read(purchase.orderId(), 0);

    assertThat(server.reads()).isEqualTo(reads + 1);
  }

  @Test
  void aCustomersListIsNoOlderThanTheOrdersInIt() {
    Purchase purchase = Purchase.of("ord-a", "ada");
    append(purchase.placed());
    OrderReads orders = server.bean(OrderReads.class);
    ListOrders ofAda = new ListOrders(purchase.customer(), null, 10, null);
    ListOrders ofEve = new ListOrders(new CustomerId("eve"), null, 10, null);

    assertThat(orders.list(ofEve, 0).block(SOON).value().items()).isEmpty();
    StepVerifier.create(orders.list(ofAda, 0))
        .expectErrorSatisfies(
            failure ->
                assertThat(((Problem) failure).code()).isEqualTo(ErrorCode.READ_MODEL_BEHIND))
        .verify(SOON);
    server.project();
    assertThat(orders.list(ofAda, 0).block(SOON).value().items()).hasSize(1);
  }

  @Test
  void dropsTheOldestWhenThereAreTooManyOrdersOrLines() {
    Tail tail = new Tail();
    RecentOrders few = new RecentOrders(2, 100);
    few.follow(tail);
    Purchase first = Purchase.of("ord-a", "ada");
    tail.tell(first.placed());
    tail.tell(first.confirmed());
    tail.tell(Purchase.of("ord-b", "bob").placed());
    assertThat(few.forgotten()).isZero();

    tail.tell(Purchase.of("ord-c", "bob").placed());

    assertThat(few.find(first.orderId())).isNull();
    assertThat(few.find(new OrderId("ord-b"))).isNotNull();
    assertThat(few.forgotten()).isEqualTo(2);
    assertThat(few.lastOf(new CustomerId("ada"))).isEqualTo(2);
    assertThat(few.lastOf(new CustomerId("bob"))).isEqualTo(4);

    RecentOrders small = new RecentOrders(100, 2);
    small.follow(tail);
    for (String order : List.of("ord-d", "ord-e", "ord-f")) {
      tail.tell(Purchase.of(order, "ada").placed());
    }
    assertThat(small.find(new OrderId("ord-d"))).isNull();
    assertThat(small.find(new OrderId("ord-e"))).isNotNull();
  }

  @Test
  void whatCannotBeFoldedIsNotShown() {
    Tail tail = new Tail();
    RecentOrders recent = new RecentOrders(10, 100);
    recent.follow(tail);
    Purchase broken = Purchase.of("ord-a", "ada");
    Purchase whole = Purchase.of("ord-b", "ada");
    tail.tell(broken.placed());
    tail.tell(whole.placed());

    tail.tell(broken.dispatched());
    tail.tell(broken.confirmed());
    tail.tell(whole.confirmed());

    assertThat(recent.find(broken.orderId())).isNull();
    assertThat(recent.find(whole.orderId()).status()).isEqualTo(OrderStatus.CONFIRMED);
    assertThat(recent.position()).isEqualTo(5);
  }

  @Test
  void aGapInTheEventsMakesItStartOver() {
    Tail tail = new Tail();
    RecentOrders recent = new RecentOrders(10, 100);
    recent.follow(tail);
    Purchase purchase = Purchase.of("ord-a", "ada");
    tail.tell(purchase.placed());
    tail.position++;

    tail.tell(Purchase.of("ord-b", "bob").placed());

    assertThat(recent.find(purchase.orderId())).isNull();
    assertThat(recent.find(new OrderId("ord-b"))).isNotNull();
    assertThat(recent.forgotten()).isEqualTo(1);
  }

  /** A tail that tells what a test wants. */
  private static final class Tail implements LiveEvents {

    private final List<Consumer<RecordedEvent>> listeners = new ArrayList<>();
    private long position;

    void tell(Event event) {
      position++;
      RecordedEvent recorded =
          new RecordedEvent(
              position, StoreServer.START, Purchase.stream(event), 0, event, Map.of());
      listeners.forEach(listener -> listener.accept(recorded));
    }

    @Override
    public Watch watch(Collection<String> streams, Consumer<RecordedEvent> listener) {
      throw new UnsupportedOperationException();
    }

    @Override
    public Watch watchAll(Consumer<RecordedEvent> listener) {
      listeners.add(listener);
      return () -> listeners.remove(listener);
    }
  }
}
