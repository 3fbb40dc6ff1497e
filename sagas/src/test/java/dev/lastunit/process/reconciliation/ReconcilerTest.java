package dev.lastunit.process.reconciliation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lastunit.ordering.api.OrderCommand.CancelOrder;
import dev.lastunit.ordering.api.OrderCommand.PlaceOrder;
import dev.lastunit.ordering.api.OrderEvent.OrderCancelled;
import dev.lastunit.ordering.api.OrderLine;
import dev.lastunit.ordering.api.PaymentChoice;
import dev.lastunit.ordering.api.ShippingAddress;
import dev.lastunit.payment.api.PaymentCommand;
import dev.lastunit.payment.api.PaymentCommand.RecordAuthorisation;
import dev.lastunit.payment.api.PaymentCommand.RecordCapture;
import dev.lastunit.payment.api.PaymentCommand.RecordDecline;
import dev.lastunit.payment.api.PaymentCommand.RecordRefundTotal;
import dev.lastunit.payment.api.PaymentCommand.RequestCapture;
import dev.lastunit.payment.api.PaymentCommand.RequestPayment;
import dev.lastunit.payment.api.PaymentEvent.PaymentRefunded;
import dev.lastunit.payment.api.PaymentStatus;
import dev.lastunit.process.engine.Backoff;
import dev.lastunit.process.engine.CommandSender;
import dev.lastunit.process.engine.ParkedProcesses.Parked;
import dev.lastunit.process.payment.PaymentProvider;
import dev.lastunit.process.payment.PaymentProvider.ChargeStatus;
import dev.lastunit.process.reconciliation.Reconciliations.DifferenceView;
import dev.lastunit.process.reconciliation.Reconciliations.RunView;
import dev.lastunit.process.testing.ModelProvider;
import dev.lastunit.process.testing.ModelShop;
import dev.lastunit.process.testing.SettableClock;
import dev.lastunit.process.testing.TestDatabase;
import dev.lastunit.shared.api.CustomerId;
import dev.lastunit.shared.api.ErrorCode;
import dev.lastunit.shared.api.Money;
import dev.lastunit.shared.api.OrderId;
import dev.lastunit.shared.api.PaymentId;
import dev.lastunit.shared.api.Problem;
import dev.lastunit.shared.api.Sku;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Planted differences of every kind are found and mended or parked, over a real database between
 * models of the contexts and of the provider; a node may die anywhere and another goes on.
 */
class ReconcilerTest {

  private static final Money PRICE = new Money(1999, "EUR");

  private static TestDatabase database;

  private final SettableClock clock = new SettableClock();
  private final Instant start =
      clock.instant().minus(1, ChronoUnit.HOURS).truncatedTo(ChronoUnit.SECONDS);
  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private ModelShop shop;
  private ModelProvider provider;
  private ModelBooks books;
  private RunStore runs;
  private DifferenceStore differences;
  private Reconciler node;
  private Reconciliations reconciliations;
  private ParkedDifferences parked;

  @BeforeAll
  static void open() {
    database = new TestDatabase();
  }

  @AfterAll
  static void close() {
    database.close();
  }

  @BeforeEach
  void setUp() {
    database.clear();
    shop = new ModelShop();
    provider = new ModelProvider();
    provider.setTime(start);
    books = new ModelBooks(shop, start);
    runs = new RunStore(database.jdbc());
    differences = new DifferenceStore(database.jdbc());
    become("one", provider, "off");
  }

  @AfterEach
  void stop() {
    shop.close();
  }

  /** Another process of this node name takes the place of the one before. */
  private void become(String name, PaymentProvider asked, String every) {
    ReconciliationSettings settings =
        new ReconciliationSettings(
            every,
            Duration.ofHours(1),
            Duration.ofMinutes(2),
            Duration.ofMinutes(1),
            Duration.ofMinutes(1),
            3,
            Duration.ofDays(1),
            Duration.ofMillis(5));
    node =
        new Reconciler(
            runs,
            differences,
            database.transactions(),
            asked,
            books,
            new Healing(asked, books, new CommandSender(shop)),
            settings,
            new Backoff(Duration.ofSeconds(1), Duration.ofMinutes(1), new Random(7)),
            name,
            clock,
            meters);
    reconciliations = new Reconciliations(runs, differences, node, clock);
    parked = new ParkedDifferences(differences, database.transactions(), node, clock);
  }

  private void begin(int minutes) {
    reconciliations.begin(
        "run-" + clock.instant(), "olga", start, start.plus(minutes, ChronoUnit.MINUTES));
  }

  /** Until nothing more happens, however long the pauses are. */
  private void work() {
    try {
      for (int round = 0; round < 40; round++) {
        node.round();
        clock.advance(Duration.ofSeconds(61));
      }
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  private void reconcile() {
    begin(3);
    work();
  }

  private RunView run() {
    return reconciliations.list(null, null, 1).getFirst();
  }

  private DifferenceView difference(String reference) {
    return run().differences().stream()
        .filter(one -> one.reference().equals(reference))
        .findFirst()
        .orElseThrow(() -> new AssertionError("Not found: " + reference + " in " + run()));
  }

  private void assertDifference(OrderId order, String kind, String state) {
    DifferenceView found = difference(order.value());
    assertThat(List.of(found.kind(), found.state())).as("%s", found).containsExactly(kind, state);
  }

  private static OrderId order(String name) {
    return new OrderId("ord-" + name);
  }

  private OrderId placed(String name) {
    OrderId id = order(name);
    shop.send(
            new PlaceOrder(
                id,
                new CustomerId("buyer"),
                "key-" + name,
                "fingerprint",
                null,
                List.of(new OrderLine(new Sku("A"), "thing", 1, PRICE)),
                PRICE,
                new ShippingAddress("A", "B", null, "C", "D", "GB"),
                new PaymentChoice("card", "tok_ok")))
        .join();
    return id;
  }

  private OrderId requested(String name) {
    OrderId id = placed(name);
    tell(
        new RequestPayment(
            PaymentId.of(id), id, new CustomerId("buyer"), PRICE, "card", "tok_ok", "model"));
    return id;
  }

  private OrderId authorised(String name) {
    OrderId id = requested(name);
    tell(new RecordAuthorisation(PaymentId.of(id), "ch_" + id, PRICE));
    return id;
  }

  private OrderId captured(String name) {
    OrderId id = authorised(name);
    tell(new RequestCapture(PaymentId.of(id)));
    tell(new RecordCapture(PaymentId.of(id), "ch_" + id, PRICE));
    return id;
  }

  private void tell(PaymentCommand<PaymentStatus> command) {
    shop.send(command).join();
  }

  private void charge(OrderId order) {
    provider.authorise("key-" + order, order.value(), PRICE, "tok_ok").join();
  }

  private void capture(OrderId order) {
    provider.capture("capture-" + order, "ch_" + order, PRICE).join();
  }

  private ChargeStatus theirs(OrderId order) {
    return provider.charges(order.value()).getFirst().status();
  }

  private PaymentStatus ours(OrderId order) {
    return shop.status(PaymentId.of(order));
  }

  @Test
  void booksThatAgreeHaveNoDifference() {
    OrderId held = authorised("held");
    charge(held);
    OrderId paid = captured("paid");
    charge(paid);
    capture(paid);
    OrderId declined = requested("declined");
    tell(new RecordDecline(PaymentId.of(declined), "no"));
    placed("unpaid");

    reconcile();

    assertThat(run().state()).isEqualTo("completed");
    assertThat(run().charges()).isEqualTo(2);
    assertThat(run().payments()).isEqualTo(3);
    assertThat(run().differences()).isEmpty();
    assertThat(run().counts()).isEmpty();
  }

  @Test
  void aChargeUnderAnUnknownReferenceIsParkedUntilAnOperatorGivesItBack() {
    OrderId stranger = order("stranger");
    provider.turnUp(stranger.value(), PRICE, ChargeStatus.CAPTURED);

    reconcile();
    assertDifference(stranger, "charged-without-record", "parked");
    assertThat(difference(stranger.value()).owner()).isEqualTo("operators");
    assertThat(theirs(stranger)).isEqualTo(ChargeStatus.CAPTURED);
    assertThat(meters.get("lastunit.reconciliation.parked").gauge().value()).isEqualTo(1);

    Parked thing = parked.list(null, 10).getFirst();
    assertThat(thing.id()).isEqualTo("difference:ord-stranger");
    assertThat(thing.reason()).isEqualTo("needs-a-decision");
    parked.abandon(thing.id());
    work();

    assertThat(theirs(stranger)).isEqualTo(ChargeStatus.REFUNDED);
    assertDifference(stranger, "charged-without-record", "healed");
    assertThat(difference(stranger.value()).history().toString())
        .contains("found charged-without-record", "given up by an operator", "refunded 1999");
    assertThat(parked.list(null, 10)).isEmpty();
  }

  @Test
  void aChargeOfAnOrderThatNeverAskedForItGoesBack() {
    OrderId order = placed("unasked");
    provider.turnUp(order.value(), PRICE, ChargeStatus.AUTHORISED);

    reconcile();

    assertDifference(order, "charged-without-record", "healed");
    assertThat(theirs(order)).isEqualTo(ChargeStatus.VOIDED);
  }

  @Test
  void aChargeThatThePaymentDoesNotKnowIsToldToIt() {
    OrderId order = requested("late");
    charge(order);

    reconcile();

    assertDifference(order, "charged-without-record", "healed");
    assertThat(ours(order)).isEqualTo(PaymentStatus.AUTHORISED);
  }

  @Test
  void aChargeOfADeclinedPaymentGoesBack() {
    OrderId order = requested("declined-late");
    tell(new RecordDecline(PaymentId.of(order), "provider-timeout"));
    charge(order);

    reconcile();

    assertDifference(order, "charged-without-record", "healed");
    assertThat(theirs(order)).isEqualTo(ChargeStatus.VOIDED);
    assertThat(ours(order)).isEqualTo(PaymentStatus.DECLINED);
  }

  @Test
  void aSecondChargeGoesBackAndTheFirstStays() {
    OrderId order = authorised("twice");
    charge(order);
    provider.turnUp(order.value(), PRICE, ChargeStatus.CAPTURED);

    reconcile();

    assertDifference(order, "charged-twice", "healed");
    assertThat(provider.charges(order.value()))
        .extracting(PaymentProvider.Charge::status)
        .containsExactlyInAnyOrder(ChargeStatus.AUTHORISED, ChargeStatus.REFUNDED);
  }

  @Test
  void anUndecidedPaymentWithoutAChargeFails() {
    OrderId order = requested("nothing");

    reconcile();

    assertDifference(order, "recorded-without-charge", "healed");
    assertThat(ours(order)).isEqualTo(PaymentStatus.DECLINED);
  }

  /** Nobody brings its payment back in this test, so it is parked in the end. */
  @Test
  void anAuthorisedPaymentWithoutAChargeHasItsOrderCancelled() {
    OrderId order = authorised("vanished");

    reconcile();

    assertThat(shop.events(OrderCancelled.class)).hasSize(1);
    assertDifference(order, "recorded-without-charge", "parked");
    assertThat(parked.list(null, 10).getFirst().reason()).isEqualTo("attempts-exhausted");
  }

  @Test
  void aPaidPaymentWithoutAChargeNeedsADecision() {
    OrderId order = captured("gone");

    reconcile();

    assertDifference(order, "recorded-without-charge", "parked");
    assertThat(shop.events(OrderCancelled.class)).isEmpty();
  }

  @Test
  void anotherAmountNeedsADecision() {
    OrderId order = requested("more");
    provider.turnUp(order.value(), new Money(2000, "EUR"), ChargeStatus.AUTHORISED);

    reconcile();

    assertDifference(order, "amount-differs", "parked");
    assertThat(ours(order)).isEqualTo(PaymentStatus.REQUESTED);
  }

  @Test
  void aCaptureThatWasNotHeardOfIsTold() {
    OrderId order = authorised("unheard");
    tell(new RequestCapture(PaymentId.of(order)));
    charge(order);
    capture(order);

    reconcile();

    assertDifference(order, "status-differs", "healed");
    assertThat(ours(order)).isEqualTo(PaymentStatus.CAPTURED);
  }

  @Test
  void aCaptureThatNeverArrivedIsMade() {
    OrderId order = captured("uncaptured");
    charge(order);

    reconcile();

    assertDifference(order, "status-differs", "healed");
    assertThat(theirs(order)).isEqualTo(ChargeStatus.CAPTURED);
  }

  @Test
  void aRefundMadeAtTheProviderIsTold() {
    OrderId order = captured("refunded");
    charge(order);
    capture(order);
    provider.refund("by-hand", "ch_" + order, new Money(500, "EUR")).join();

    reconcile();

    assertDifference(order, "refunded-differs", "healed");
    assertThat(shop.events(PaymentRefunded.class))
        .extracting(refund -> refund.amount().amount())
        .containsExactly(500L);
  }

  @Test
  void aRefundThatTheProviderDoesNotHaveNeedsADecision() {
    OrderId order = captured("unrefunded");
    charge(order);
    capture(order);
    tell(new RecordRefundTotal(PaymentId.of(order), "ch_" + order, new Money(500, "EUR")));

    reconcile();

    assertDifference(order, "refunded-differs", "parked");
  }

  @Test
  void aRetryLooksAgainAndFindsWhatAPersonMendedElsewhere() {
    OrderId order = requested("mended");
    provider.turnUp(order.value(), new Money(2000, "EUR"), ChargeStatus.AUTHORISED);
    reconcile();
    provider.voidCharge("by-hand", "ch_late_" + order).join();
    tell(new RecordDecline(PaymentId.of(order), "by-hand"));

    parked.retry("difference:" + order);
    work();

    assertDifference(order, "amount-differs", "healed");
  }

  @Test
  void givingUpADifferenceOfAPaymentCancelsItsOrder() {
    OrderId order = requested("given-up");
    provider.turnUp(order.value(), new Money(2000, "EUR"), ChargeStatus.AUTHORISED);
    reconcile();

    parked.abandon("difference:" + order);
    work();

    assertThat(shop.received()).filteredOn(CancelOrder.class::isInstance).isNotEmpty();
    assertThat(shop.events(OrderCancelled.class)).hasSize(1);
    assertDifference(order, "amount-differs", "abandoned");
    assertThat(parked.list(null, 10).getFirst().reason()).isEqualTo("abandoned");
  }

  @Test
  void whatIsNotParkedCannotBeRetried() {
    for (String id : List.of("difference:", "difference:none")) {
      assertThatThrownBy(() -> parked.retry(id))
          .isInstanceOfSatisfying(
              Problem.class, problem -> assertThat(problem.code()).isEqualTo(ErrorCode.NOT_FOUND));
    }
  }

  /** What is being worked on at the moment is given time, and then it is no difference. */
  @Test
  void whatSettlesByItselfIsNoDifference() throws InterruptedException {
    OrderId order = requested("young");
    charge(order);
    books.changedAt(clock.instant());

    begin(3);
    while (node.round()) {}
    tell(new RecordAuthorisation(PaymentId.of(order), "ch_" + order, PRICE));
    work();

    assertThat(run().state()).isEqualTo("completed");
    assertThat(run().differences()).isEmpty();
  }

  @Test
  void aDifferenceThatComesBackIsFoundAgain() {
    OrderId order = placed("again");
    provider.turnUp(order.value(), PRICE, ChargeStatus.AUTHORISED);
    reconcile();
    assertDifference(order, "charged-without-record", "healed");
    provider.turnUp(order.value(), PRICE, ChargeStatus.AUTHORISED);

    reconcile();

    assertDifference(order, "charged-without-record", "healed");
    assertThat(theirs(order)).isEqualTo(ChargeStatus.VOIDED);
  }

  @Test
  void oneRunAtATime() {
    begin(3);

    assertThatThrownBy(() -> begin(1))
        .isInstanceOfSatisfying(
            Problem.class,
            problem -> assertThat(problem.code()).isEqualTo(ErrorCode.INVALID_TRANSITION));
    assertThatThrownBy(() -> reconciliations.requireNoneUnderWay()).isInstanceOf(Problem.class);
    work();
    reconciliations.requireNoneUnderWay();
  }

  @Test
  void theScheduleBeginsRunsThatOverlap() throws InterruptedException {
    become("one", provider, "PT1H");
    node.round();
    assertThat(reconciliations.list(null, null, 10)).as("not at the start").isEmpty();
    clock.advance(Duration.ofHours(1));
    node.round();
    RunView first = run();
    assertThat(first.startedBy()).isEqualTo("schedule");
    assertThat(Duration.between(first.from(), first.to())).isEqualTo(Duration.ofHours(1));
    node.round();
    assertThat(reconciliations.list(null, null, 10)).hasSize(1);
    while (run().endedAt() == null) {
      node.round();
    }

    clock.advance(Duration.ofDays(3));
    node.round();
    assertThat(run().runId()).isNotEqualTo(first.runId());
    assertThat(run().from()).isEqualTo(first.to());
  }

  private static void dies(ThrowingCallable call) {
    assertThatThrownBy(call)
        .satisfies(
            failure ->
                assertThat(failure instanceof Killed || failure.getCause() instanceof Killed)
                    .isTrue());
  }

  @Test
  void anotherNodeGoesOnWhereOneWasKilled() throws InterruptedException {
    List<OrderId> orders = new ArrayList<>();
    for (int minute = 0; minute < 3; minute++) {
      provider.setTime(start.plusSeconds(60L * minute + 30));
      OrderId order = placed("minute-" + minute);
      orders.add(order);
      provider.turnUp(order.value(), PRICE, ChargeStatus.AUTHORISED);
    }
    AtomicInteger lists = new AtomicInteger();
    AtomicInteger voids = new AtomicInteger();
    PaymentProvider counted = new CountedProvider(provider, lists, voids);
    become("one", counted, "off");
    begin(3);
    node.round();
    assertThat(run().doneUpTo()).isEqualTo(start.plusSeconds(60));

    provider.beforeCall(
        () -> {
          throw new Killed();
        });
    dies(() -> node.round());
    provider.beforeCall(() -> {});
    int before = lists.get();

    become("two", counted, "off");
    node.round();
    assertThat(run().doneUpTo()).as("as long as the first has it").isEqualTo(start.plusSeconds(60));
    clock.advance(Duration.ofMinutes(3));
    work();

    assertThat(run().state()).isEqualTo("completed");
    assertThat(run().charges()).isEqualTo(3);
    assertThat(lists.get() - before).as("slices that were left").isEqualTo(2);
    assertThat(run().counts()).containsExactly(Map.entry("healed", 3L));
    assertThat(voids.get()).isEqualTo(3);
    assertThat(orders)
        .allSatisfy(order -> assertThat(theirs(order)).isEqualTo(ChargeStatus.VOIDED));
  }

  @Test
  void theSameNodeGoesOnAtOnceAfterARestart() throws InterruptedException {
    begin(3);
    node.round();

    become("one", provider, "off");
    node.round();

    assertThat(run().doneUpTo()).isEqualTo(start.plusSeconds(120));
  }

  @Test
  void moneyThatWentBackBeforeTheNodeDiedDoesNotGoBackTwice() throws InterruptedException {
    OrderId order = placed("halfway");
    provider.turnUp(order.value(), PRICE, ChargeStatus.CAPTURED);
    AtomicInteger voids = new AtomicInteger();
    become(
        "one", new CountedProvider(provider, new AtomicInteger(), voids).dyingAfterRefund(), "off");
    begin(3);
    dies(
        () -> {
          for (int round = 0; round < 10; round++) {
            node.round();
          }
        });
    assertThat(theirs(order)).isEqualTo(ChargeStatus.REFUNDED);

    become("two", provider, "off");
    clock.advance(Duration.ofMinutes(3));
    work();

    assertDifference(order, "charged-without-record", "healed");
    assertThat(provider.charges(order.value()).getFirst().refunded()).isEqualTo(PRICE);
  }

  /** A recorded refund is seen when the difference is looked at again, and so is told once. */
  @Test
  void aRefundThatWasToldBeforeTheNodeDiedIsNotToldTwice() throws InterruptedException {
    OrderId order = captured("told");
    charge(order);
    capture(order);
    provider.refund("by-hand", "ch_" + order, new Money(500, "EUR")).join();
    shop.faults(
        command ->
            command instanceof RecordRefundTotal ? ModelShop.Fault.AFTER : ModelShop.Fault.NONE);
    begin(3);
    node.round();
    shop.faults(command -> ModelShop.Fault.NONE);

    work();

    assertDifference(order, "refunded-differs", "healed");
    assertThat(shop.events(PaymentRefunded.class)).hasSize(1);
  }

  @Test
  void aProviderThatIsDownHoldsUpTheRunAndNothingIsLost() {
    OrderId order = requested("later");
    charge(order);
    provider.beforeCall(
        () -> {
          throw new IllegalStateException("down");
        });
    reconcile();
    assertThat(run().state()).isEqualTo("running");
    assertThat(run().lastError()).contains("down");

    provider.beforeCall(() -> {});
    work();

    assertThat(run().state()).isEqualTo("completed");
    assertDifference(order, "charged-without-record", "healed");
  }
}
