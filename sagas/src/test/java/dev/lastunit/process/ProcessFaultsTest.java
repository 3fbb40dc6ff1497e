package dev.lastunit.process;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lastunit.ordering.api.OrderCommand.CancelOrder;
import dev.lastunit.ordering.api.OrderCommand.ConfirmOrder;
import dev.lastunit.ordering.api.OrderCommand.PlaceOrder;
import dev.lastunit.ordering.api.OrderCommand.RejectOrder;
import dev.lastunit.ordering.api.OrderStatus;
import dev.lastunit.payment.api.PaymentStatus;
import dev.lastunit.process.engine.ParkedProcesses.Parked;
import dev.lastunit.process.testing.Await;
import dev.lastunit.process.testing.ModelShop.Fault;
import dev.lastunit.process.testing.TestDatabase;
import dev.lastunit.shared.api.Command;
import dev.lastunit.shared.api.OrderId;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Whatever goes wrong between two steps, an order ends with stock, money and status that agree:
 * crashes, lost commands, lost answers, repeated events, cancellations.
 */
class ProcessFaultsTest {

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
  void open() {
    processes = new ProcessesHarness(database);
    processes.shop.stock(ProcessesHarness.SKU, 10);
    processes.shop.stock(ProcessesHarness.sku(1), 10);
  }

  @AfterEach
  void close() {
    processes.close();
  }

  /** What must be true of an order of 2 and 3 units whose processes have ended. */
  private void assertAgreement(OrderId order) {
    processes.assertAgreement(order);
    if (processes.shop.status(order) != OrderStatus.CONFIRMED) {
      assertThat(processes.shop.status(ProcessesHarness.payment(order)))
          .isIn(null, PaymentStatus.DECLINED, PaymentStatus.VOIDED, PaymentStatus.REFUNDED);
    }
  }

  private void awaitQuiet(OrderId order) {
    Await.until("quiet, " + order, () -> processes.isQuiet(order));
  }

  /**
   * How long instances live in memory only, tokens, how the last command before the crash ends, and
   * which command that is.
   */
  static Stream<Arguments> crashes() {
    return Stream.of(0, 20_000)
        .flatMap(
            young ->
                Stream.of("tok_ok", "tok_declined", "tok_timeout_uncharged")
                    .flatMap(
                        token ->
                            Stream.of(Fault.BEFORE, Fault.AFTER)
                                .flatMap(
                                    fault ->
                                        Stream.iterate(1, command -> command + 1)
                                            .limit(token.equals("tok_ok") ? 14 : 7)
                                            .map(
                                                command ->
                                                    Arguments.of(young, token, fault, command)))));
  }

  @ParameterizedTest(name = "young for {0} ms, {1}: command {3} lost {2} the crash")
  @MethodSource("crashes")
  void goesOnAfterACrashBetweenAnyTwoSteps(
      int youngMillis, String token, Fault fault, int command) {
    processes.young(Duration.ofMillis(youngMillis));
    AtomicInteger seen = new AtomicInteger();
    processes.shop.faults(
        next -> {
          if (next instanceof PlaceOrder) {
            return Fault.NONE;
          }
          int number = seen.incrementAndGet();
          if (number < command) {
            return Fault.NONE;
          }
          return number == command ? fault : Fault.BEFORE;
        });
    processes.start();
    OrderId order = processes.place("a", token, 2, 3);
    Await.until("the command", () -> seen.get() >= command || ended(order));

    processes.crash();
    processes.shop.faults(next -> Fault.NONE);
    processes.start();

    awaitQuiet(order);
    assertAgreement(order);
    assertThat(processes.shop.status(order))
        .isEqualTo(token.equals("tok_ok") ? OrderStatus.CONFIRMED : OrderStatus.REJECTED);
  }

  private boolean ended(OrderId order) {
    return processes.shop.status(order).decided() && processes.instances("order") == 0;
  }

  @ParameterizedTest(name = "cancelled with command {0}")
  @ValueSource(ints = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14})
  void givesEverythingBackWheneverItIsCancelled(int command) {
    AtomicInteger seen = new AtomicInteger();
    AtomicBoolean cancelled = new AtomicBoolean();
    processes.shop.faults(
        next -> {
          if (!(next instanceof PlaceOrder) && seen.incrementAndGet() == command) {
            processes.shop.send(new CancelOrder(new OrderId("ord-a"), null, "no"));
            cancelled.set(true);
          }
          return Fault.NONE;
        });
    processes.start();
    OrderId order = processes.place("a", "tok_ok", 2, 3);
    Await.until("cancelled", () -> cancelled.get() || ended(order));
    if (!cancelled.get()) {
      processes.shop.send(new CancelOrder(order, null, "no")).join();
    }

    Await.until("cancelled", () -> processes.shop.status(order) == OrderStatus.CANCELLED);
    awaitMoneyBack(order);
    awaitQuiet(order);
    assertAgreement(order);
    assertThat(processes.shop.status(order)).isEqualTo(OrderStatus.CANCELLED);
  }

  private void awaitMoneyBack(OrderId order) {
    Await.until(
        "the cancellation is worked off",
        () ->
            processes.shop.level(ProcessesHarness.SKU).onHand() == 10
                && processes.shop.level(ProcessesHarness.SKU).reserved() == 0
                && processes.instances("order") == 0);
  }

  @Test
  void toleratesThatEveryEventComesTwice() {
    processes.everythingTwice().start();
    OrderId confirmed = processes.place("a", "tok_ok", 2, 3);
    awaitQuiet(confirmed);
    assertAgreement(confirmed);

    processes.shop.send(new CancelOrder(confirmed, null, "no")).join();
    awaitMoneyBack(confirmed);
    awaitQuiet(confirmed);
    assertAgreement(confirmed);
  }

  @ParameterizedTest
  @EnumSource(value = Fault.class, names = "NONE", mode = EnumSource.Mode.EXCLUDE)
  void triesAgainWhenEveryKindOfCommandFailsThreeTimes(Fault fault) {
    failEachThreeTimes(fault);
    processes.with(processes.settings().withAttempts(8)).start();

    OrderId order = processes.place("a", "tok_ok", 2, 3);
    awaitQuiet(order);

    assertAgreement(order);
    assertThat(processes.shop.status(order)).isEqualTo(OrderStatus.CONFIRMED);
    assertThat(
            processes
                .meters
                .get("lastunit.process.retries")
                .tag("process", "order")
                .counter()
                .count())
        .isPositive();
  }

  private void failEachThreeTimes(Fault fault) {
    Map<Class<?>, Integer> failures = new HashMap<>();
    // One line only, so that a type fails with each attempt and not with each line.
    processes.shop.faults(
        next -> {
          boolean firstLine = !next.stream().contains("OTHER");
          return next instanceof PlaceOrder
                  || !firstLine
                  || failures.merge(next.getClass(), 1, Integer::sum) > 3
              ? Fault.NONE
              : fault;
        });
  }

  private Parked park(Class<? extends Command<?>> failing, OrderId order) {
    Await.until("parked", () -> !processes.parked.list(null, 10).isEmpty());
    Parked parked = processes.parked.list(null, 10).getFirst();
    assertThat(parked.id()).isEqualTo("order:" + order.value());
    assertThat(parked.reason()).isEqualTo("attempts-exhausted");
    assertThat(parked.attempts()).isEqualTo(4);
    assertThat(parked.error()).contains("Lost on the way in");
    assertThat(parked.history()).hasSizeGreaterThan(4);
    return parked;
  }

  private void fail(Class<? extends Command<?>> failing) {
    processes.shop.faults(next -> failing.isInstance(next) ? Fault.BEFORE : Fault.NONE);
  }

  @Test
  void parksWhatKeepsFailingAndTriesItAgainWhenTold() {
    fail(ConfirmOrder.class);
    processes.start();
    OrderId order = processes.place("a", "tok_ok", 2, 3);
    Parked parked = park(ConfirmOrder.class, order);
    Await.until(
        "the gauge tells",
        () ->
            processes.meters.get("lastunit.process.parked").tag("process", "order").gauge().value()
                == 1);

    processes.shop.faults(next -> Fault.NONE);
    processes.parked.retry(parked.id());

    awaitQuiet(order);
    assertAgreement(order);
    assertThat(processes.shop.status(order)).isEqualTo(OrderStatus.CONFIRMED);
  }

  @Test
  void undoesAParkedOrderThatAnOperatorGivesUp() {
    fail(ConfirmOrder.class);
    processes.start();
    OrderId order = processes.place("a", "tok_ok", 2, 3);
    Parked parked = park(ConfirmOrder.class, order);

    assertThat(processes.parked.abandon(parked.id())).isTrue();

    awaitMoneyBack(order);
    awaitQuiet(order);
    assertAgreement(order);
    assertThat(processes.shop.status(order)).isEqualTo(OrderStatus.CANCELLED);
  }

  @Test
  void keepsAnAbandonedOrderThatCannotBeUndone() {
    fail(RejectOrder.class);
    processes.start();
    OrderId order = processes.place("a", "tok_declined", 2, 3);
    Parked parked = park(RejectOrder.class, order);

    assertThat(processes.parked.abandon(parked.id())).isFalse();

    assertThat(processes.parked.list(null, 10))
        .singleElement()
        .satisfies(one -> assertThat(one.reason()).isEqualTo("abandoned"));
    processes.shop.faults(next -> Fault.NONE);
    processes.parked.retry(parked.id());
    awaitQuiet(order);
    assertAgreement(order);
  }
}
