package dev.lastunit.process;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lastunit.cart.api.CartEvent.CartReopened;
import dev.lastunit.fulfilment.api.ShipmentLine;
import dev.lastunit.fulfilment.api.ShipmentStatus;
import dev.lastunit.inventory.api.StockLevel;
import dev.lastunit.ordering.api.OrderCommand.CancelOrder;
import dev.lastunit.ordering.api.OrderEvent.OrderRejected;
import dev.lastunit.ordering.api.OrderEvent.ReturnCompleted;
import dev.lastunit.ordering.api.OrderReturn;
import dev.lastunit.ordering.api.OrderStatus;
import dev.lastunit.ordering.api.RejectionReason;
import dev.lastunit.ordering.api.ReturnStatus;
import dev.lastunit.ordering.api.ReturnedLine;
import dev.lastunit.ordering.api.Shortage;
import dev.lastunit.payment.api.PaymentCommand.RequestRefund;
import dev.lastunit.payment.api.PaymentEvent.PaymentRefunded;
import dev.lastunit.payment.api.PaymentEvent.RefundFailed;
import dev.lastunit.payment.api.PaymentStatus;
import dev.lastunit.process.payment.PaymentProvider.ChargeStatus;
import dev.lastunit.process.testing.Await;
import dev.lastunit.process.testing.ModelProvider.RefundFault;
import dev.lastunit.process.testing.ModelShop.Fault;
import dev.lastunit.process.testing.TestDatabase;
import dev.lastunit.shared.api.Allocation;
import dev.lastunit.shared.api.CartId;
import dev.lastunit.shared.api.LocationId;
import dev.lastunit.shared.api.Money;
import dev.lastunit.shared.api.OrderId;
import dev.lastunit.shared.api.RefundId;
import dev.lastunit.shared.api.Result;
import dev.lastunit.shared.api.ReturnId;
import dev.lastunit.shared.api.ShipmentId;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Orders from one end to the other, with all processes at work on a real database. */
class ProcessesTest {

  private static TestDatabase database;

  private ProcessesHarness processes;

  @BeforeAll
  static void openDatabase() {
    database = new TestDatabase();
  }

  @AfterAll
  static void closeDatabase() {
    database.close();
  }

  @BeforeEach
  void start() {
    processes = new ProcessesHarness(database);
    processes.shop.stock(ProcessesHarness.SKU, 10);
    processes.shop.stock(ProcessesHarness.sku(1), 10);
  }

  @AfterEach
  void stop() {
    processes.close();
  }

  private void assertNothingHeld() {
    assertThat(processes.shop.level(ProcessesHarness.SKU)).isEqualTo(new StockLevel(10, 0, 10, 0));
    assertThat(processes.shop.level(ProcessesHarness.sku(1)))
        .isEqualTo(new StockLevel(10, 0, 10, 0));
  }

  @Test
  void confirmsCapturesAndShips() {
    processes.start();

    OrderId order = processes.place("a", "tok_ok", 2, 3);
    processes.awaitEnd(order);

    assertThat(processes.shop.status(order)).isEqualTo(OrderStatus.CONFIRMED);
    assertThat(processes.shop.level(ProcessesHarness.SKU)).isEqualTo(new StockLevel(8, 0, 8, 2));
    assertThat(processes.provider.charges(order.value()))
        .singleElement()
        .satisfies(
            charge -> {
              assertThat(charge.status()).isEqualTo(ChargeStatus.CAPTURED);
              assertThat(charge.captured()).isEqualTo(new Money(5000, "EUR"));
            });
    ShipmentId shipment = ShipmentId.of(order, new LocationId("home"));
    assertThat(processes.shop.status(shipment)).isEqualTo(ShipmentStatus.PREPARED);

    processes.shop.deliver(shipment);
    Await.until("delivered", () -> processes.shop.status(order) == OrderStatus.DELIVERED);
    Await.until("no row is left", () -> processes.instances() == 0);
  }

  @Test
  void tellsEveryShortageAndHoldsNothing() {
    processes.start();

    OrderId order = processes.place("a", "tok_ok", new CartId("cart"), 1000, 11, 3, 1);
    processes.awaitEnd(order);

    OrderRejected rejected = processes.shop.events(OrderRejected.class).getFirst();
    assertThat(rejected.reason()).isEqualTo(RejectionReason.OUT_OF_STOCK);
    assertThat(rejected.shortages())
        .containsExactly(
            new Shortage(ProcessesHarness.SKU, 11, 10),
            new Shortage(ProcessesHarness.sku(2), 1, 0));
    assertNothingHeld();
    assertThat(processes.provider.posts(order.value())).isZero();
    assertThat(processes.shop.status(ProcessesHarness.payment(order))).isNull();
    assertThat(processes.shop.events(CartReopened.class)).hasSize(1);
  }

  @Test
  void givesBackWhatADeclinedOrderHeld() {
    processes.start();

    OrderId order = processes.place("a", "tok_declined", 2, 3);
    processes.awaitEnd(order);

    assertThat(processes.shop.events(OrderRejected.class).getFirst().reason())
        .isEqualTo(RejectionReason.PAYMENT_DECLINED);
    assertNothingHeld();
  }

  @Test
  void needsNoPaymentForNothing() {
    processes.start();

    OrderId order = processes.place("a", "tok_ok", null, 0, 1);
    processes.awaitEnd(order);

    assertThat(processes.shop.status(order)).isEqualTo(OrderStatus.CONFIRMED);
    assertThat(processes.provider.posts(order.value())).isZero();
  }

  @Test
  void takesOrdersOfTwoThousandLines() {
    int[] quantities = IntStream.generate(() -> 1).limit(2000).toArray();
    IntStream.range(1, 2000).forEach(at -> processes.shop.stock(ProcessesHarness.sku(at), 1));
    processes.start();

    OrderId order = processes.place("big", "tok_ok", quantities);
    processes.awaitEnd(order);

    assertThat(processes.shop.status(order)).isEqualTo(OrderStatus.CONFIRMED);
    assertThat(processes.shop.level(ProcessesHarness.sku(1999)).sold()).isEqualTo(1);
  }

  @Test
  void findsOutWhetherASilentProviderCharged() {
    processes.start();

    OrderId charged = processes.place("charged", "tok_timeout_charged", 1);
    OrderId uncharged = processes.place("uncharged", "tok_timeout_uncharged", 1);
    processes.awaitEnd(charged);
    processes.awaitEnd(uncharged);

    assertThat(processes.shop.status(charged)).isEqualTo(OrderStatus.CONFIRMED);
    assertThat(processes.provider.posts(charged.value())).isEqualTo(1);
    assertThat(processes.shop.status(uncharged)).isEqualTo(OrderStatus.REJECTED);
    assertThat(processes.provider.posts(uncharged.value())).isEqualTo(1);
  }

  @Test
  void givesBackAChargeThatTurnsUpLate() {
    processes.start();
    OrderId order = processes.place("a", "tok_timeout_uncharged", 1);
    processes.awaitEnd(order);
    // The order may end a moment before the payment begins to watch, by the clock of then.
    Await.until(
        "watching",
        () ->
            "WATCHING".equals(processes.step("payment", ProcessesHarness.payment(order).value())));

    processes.provider.turnUp(order.value(), new Money(1000, "EUR"), ChargeStatus.CAPTURED);
    processes.clock.advance(Duration.ofMinutes(1));

    Await.until(
        "refunded",
        () ->
            processes.provider.charges(order.value()).getFirst().status() == ChargeStatus.REFUNDED);
    Await.until("no row is left", () -> processes.instances() == 0);
    assertThat(processes.shop.status(ProcessesHarness.payment(order)))
        .isEqualTo(PaymentStatus.REFUNDED);
  }

  @Test
  void sendsAgainWithTheSameKeyAfterAFault() {
    processes.start();

    OrderId flaky = processes.place("flaky", "tok_flaky", 1);
    OrderId down = processes.place("down", "tok_down", 1);
    processes.awaitEnd(flaky);
    processes.awaitEnd(down);

    assertThat(processes.shop.status(flaky)).isEqualTo(OrderStatus.CONFIRMED);
    assertThat(processes.provider.posts(flaky.value())).isEqualTo(3);
    assertThat(processes.provider.charges(flaky.value())).hasSize(1);
    assertThat(processes.shop.status(down)).isEqualTo(OrderStatus.REJECTED);
    assertThat(processes.provider.posts(down.value())).isEqualTo(9);
  }

  @Test
  void waitsForAPendingChargeAndPolls() {
    processes.start();
    OrderId order = processes.place("a", "tok_async", 1);
    Await.until(
        "pending",
        () -> "PENDING".equals(processes.step("payment", ProcessesHarness.payment(order).value())));

    processes.provider.decide(order.value(), ChargeStatus.AUTHORISED);
    processes.clock.advance(Duration.ofSeconds(5));
    processes.awaitEnd(order);

    assertThat(processes.shop.status(order)).isEqualTo(OrderStatus.CONFIRMED);
  }

  @Test
  void rejectsByExpiryWhenNobodyEverDecides() {
    processes.start();
    OrderId order = processes.place("a", "tok_never", 2, 1);
    Await.until(
        "pending",
        () -> "PENDING".equals(processes.step("payment", ProcessesHarness.payment(order).value())));

    processes.clock.advance(ProcessesHarness.TTL);
    processes.awaitEnd(order);

    assertThat(processes.shop.events(OrderRejected.class).getFirst().reason())
        .isEqualTo(RejectionReason.RESERVATION_EXPIRED);
    assertNothingHeld();
    assertThat(processes.provider.charges(order.value()).getFirst().status())
        .isEqualTo(ChargeStatus.VOIDED);
    assertThat(processes.shop.status(ProcessesHarness.payment(order)))
        .isEqualTo(PaymentStatus.VOIDED);
  }

  @Test
  void givesBackAConfirmedOrderThatIsCancelled() {
    processes.start();
    OrderId order = processes.place("a", "tok_ok", 2, 3);
    processes.awaitEnd(order);

    processes.shop.send(new CancelOrder(order, null, "changed my mind")).join();

    Await.until(
        "refunded",
        () -> processes.shop.status(ProcessesHarness.payment(order)) == PaymentStatus.REFUNDED);
    Await.until("no row is left", () -> processes.instances() == 0);
    assertNothingHeld();
    assertThat(processes.shop.status(ShipmentId.of(order, new LocationId("home"))))
        .isEqualTo(ShipmentStatus.CANCELLED);
    assertThat(processes.provider.charges(order.value()).getFirst().refunded())
        .isEqualTo(new Money(5000, "EUR"));
  }

  private OrderId bought(String name) {
    OrderId order = processes.place(name, "tok_ok", 3);
    processes.awaitEnd(order);
    // The order may end a moment before its payment does.
    Await.until("paid for", () -> processes.instances("payment") == 0);
    return order;
  }

  private void refund(OrderId order, String id, long amount) {
    assertThat(
            processes
                .shop
                .send(
                    new RequestRefund(
                        ProcessesHarness.payment(order),
                        new RefundId(id),
                        new Money(amount, "EUR"),
                        "returned"))
                .join()
                .result())
        .isInstanceOf(Result.Accepted.class);
  }

  private void awaitRefunded(OrderId order, long amount) {
    Await.until(
        amount + " are back",
        () ->
            processes.shop.events(PaymentRefunded.class).stream()
                    .filter(event -> event.orderId().equals(order))
                    .mapToLong(event -> event.amount().amount())
                    .sum()
                == amount);
    Await.until("no refund is left", () -> processes.instances("refund") == 0);
    assertThat(processes.provider.charges(order.value()).getFirst().refunded().amount())
        .isEqualTo(amount);
  }

  @Test
  void givesBackInParts() {
    processes.start();
    OrderId order = bought("parts");

    refund(order, "rfn-1", 1000);
    refund(order, "rfn-2", 1500);
    awaitRefunded(order, 2500);
    assertThat(processes.shop.status(ProcessesHarness.payment(order)))
        .isEqualTo(PaymentStatus.CAPTURED);

    refund(order, "rfn-1", 1000);
    refund(order, "rfn-3", 500);
    awaitRefunded(order, 3000);
    assertThat(processes.shop.status(ProcessesHarness.payment(order)))
        .isEqualTo(PaymentStatus.REFUNDED);
  }

  @Test
  void asksTheProviderWhatItGaveBackBeforeItAsksAgain() {
    processes.start();
    OrderId order = bought("silent");
    processes.provider.refundFaults(RefundFault.UNANSWERED, RefundFault.LOST);

    refund(order, "rfn-1", 1000);
    awaitRefunded(order, 1000);
    refund(order, "rfn-2", 1000);
    awaitRefunded(order, 2000);
  }

  @Test
  void parksARefundThatTheProviderRefusesAndTriesItAgainOnRequest() {
    processes.start();
    OrderId order = bought("refused");
    processes.provider.refundFaults(RefundFault.REFUSED);

    refund(order, "rfn-1", 1000);
    Await.until("parked", () -> !processes.parked.list(null, 10).isEmpty());

    assertThat(processes.parked.list(null, 10))
        .singleElement()
        .satisfies(
            parked -> {
              assertThat(parked.id()).isEqualTo("refund:rfn-1");
              assertThat(parked.error()).contains("refused");
            });
    assertThat(processes.shop.events(RefundFailed.class)).hasSize(1);
    assertThat(processes.shop.events(PaymentRefunded.class)).isEmpty();

    processes.parked.retry("refund:rfn-1");
    awaitRefunded(order, 1000);
  }

  @Test
  void findsThatNothingIsLeftToGiveBackByHand() {
    processes.start();
    OrderId order = bought("hands");
    processes.provider.refundByHand(order.value(), 3000);

    refund(order, "rfn-1", 3000);
    awaitRefunded(order, 3000);
    assertThat(processes.shop.events(RefundFailed.class)).isEmpty();
  }

  private void takeBack(OrderId order, String request, int units) {
    Money worth = new Money(1000L * units, "EUR");
    processes.shop.takeBack(
        new OrderReturn(
            ReturnId.of(order, request),
            order,
            ReturnStatus.ACCEPTED,
            List.of(
                new ReturnedLine(
                    ProcessesHarness.SKU,
                    units,
                    worth,
                    List.of(new Allocation(new LocationId("home"), units)))),
            worth,
            true,
            null));
  }

  private void awaitReturns(int completed) {
    Await.until(
        "the returns are completed",
        () -> processes.shop.events(ReturnCompleted.class).size() == completed);
    Await.until("no row is left", () -> processes.instances("return") == 0);
  }

  @Test
  void givesBackAndRestocksWhatIsReturned() {
    processes.start();
    OrderId order = bought("returned");

    takeBack(order, "1", 1);
    awaitReturns(1);
    assertThat(processes.shop.level(ProcessesHarness.SKU)).isEqualTo(new StockLevel(8, 0, 8, 2));
    awaitRefunded(order, 1000);

    takeBack(order, "2", 2);
    awaitReturns(2);
    assertNothingHeld();
    awaitRefunded(order, 3000);
    assertThat(processes.shop.status(ProcessesHarness.payment(order)))
        .isEqualTo(PaymentStatus.REFUNDED);
  }

  /** The answer to each command of a return is lost once. */
  @Test
  void settlesAReturnOnceWhateverIsLostAndRepeated() {
    processes.everythingTwice().start();
    OrderId order = bought("lossy");
    processes.provider.refundFaults(RefundFault.LOST, RefundFault.UNANSWERED);
    Map<Class<?>, Integer> sent = new ConcurrentHashMap<>();
    processes.shop.faults(
        command -> sent.merge(command.getClass(), 1, Integer::sum) == 1 ? Fault.AFTER : Fault.NONE);

    takeBack(order, "1", 2);
    awaitReturns(1);

    assertThat(processes.shop.level(ProcessesHarness.SKU)).isEqualTo(new StockLevel(9, 0, 9, 1));
    awaitRefunded(order, 2000);
  }

  @Test
  void goesOnWithAReturnAfterACrash() {
    processes.start();
    OrderId order = bought("crashed");
    processes.provider.refundFaults(RefundFault.REFUSED);
    takeBack(order, "1", 1);
    Await.until("parked", () -> !processes.parked.list(null, 10).isEmpty());

    processes.crash();
    processes.start();
    processes.parked.retry("refund:" + RefundId.of(ReturnId.of(order, "1")));
    awaitReturns(1);

    assertThat(processes.shop.level(ProcessesHarness.SKU)).isEqualTo(new StockLevel(8, 0, 8, 2));
    awaitRefunded(order, 1000);
  }

  @Test
  void isDeliveredOnceEveryPartHasArrived() {
    processes.start();
    OrderId order = bought("parts-sent");
    ShipmentId first = ShipmentId.of(order, new LocationId("home"));

    processes.shop.split(first, List.of(new ShipmentLine(ProcessesHarness.SKU, 1)));
    Await.until(
        "the rest is prepared",
        () -> processes.shop.status(first.rest()) == ShipmentStatus.PREPARED);
    processes.shop.deliver(first);
    Await.until("caught up", processes::caughtUp);
    assertThat(processes.shop.status(order)).isEqualTo(OrderStatus.SHIPPED);

    processes.shop.deliver(first.rest());
    Await.until("delivered", () -> processes.shop.status(order) == OrderStatus.DELIVERED);
    Await.until("no row is left", () -> processes.instances("delivery") == 0);
  }

  @Test
  void sellsTheLastUnitsOnce() {
    processes.start();

    for (int buyer = 0; buyer < 60; buyer++) {
      processes.place("b" + buyer, "tok_ok", 1);
    }
    for (int buyer = 0; buyer < 60; buyer++) {
      processes.awaitEnd(new OrderId("ord-b" + buyer));
    }

    assertThat(processes.shop.level(ProcessesHarness.SKU)).isEqualTo(new StockLevel(0, 0, 0, 10));
  }
}
