package dev.lastunit.audit.query.invariants;

import static dev.lastunit.testing.Purchase.MAIN;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lastunit.audit.query.invariants.Invariant.Finding;
import dev.lastunit.inventory.api.StockEvent.OpeningStockRecorded;
import dev.lastunit.inventory.api.StockEvent.ReservationConfirmed;
import dev.lastunit.inventory.api.StockEvent.ReservationExpired;
import dev.lastunit.inventory.api.StockEvent.ReservationReleased;
import dev.lastunit.inventory.api.StockEvent.StockAdjusted;
import dev.lastunit.inventory.api.StockEvent.StockReceived;
import dev.lastunit.inventory.api.StockEvent.StockReserved;
import dev.lastunit.inventory.api.StockEvent.UnitsReturned;
import dev.lastunit.ordering.api.OrderEvent.OrderPlaced;
import dev.lastunit.ordering.api.OrderEvent.ReturnAccepted;
import dev.lastunit.ordering.api.OrderEvent.ReturnCompleted;
import dev.lastunit.ordering.api.OrderStatus;
import dev.lastunit.ordering.api.RejectionReason;
import dev.lastunit.ordering.api.ReturnedLine;
import dev.lastunit.payment.api.PaymentEvent.PaymentAuthorised;
import dev.lastunit.payment.api.PaymentEvent.PaymentCaptured;
import dev.lastunit.payment.api.PaymentEvent.PaymentRefunded;
import dev.lastunit.payment.api.PaymentEvent.PaymentRequested;
import dev.lastunit.payment.api.PaymentEvent.RefundFailed;
import dev.lastunit.payment.api.PaymentEvent.RefundRequested;
import dev.lastunit.shared.api.Allocation;
import dev.lastunit.shared.api.CommandId;
import dev.lastunit.shared.api.Event;
import dev.lastunit.shared.api.LocationId;
import dev.lastunit.shared.api.Money;
import dev.lastunit.shared.api.OrderId;
import dev.lastunit.shared.api.PaymentId;
import dev.lastunit.shared.api.RecordedEvent;
import dev.lastunit.shared.api.RefundId;
import dev.lastunit.shared.api.ReservationId;
import dev.lastunit.shared.api.ReturnId;
import dev.lastunit.shared.api.Sku;
import dev.lastunit.testing.Purchase;
import dev.lastunit.testing.StoreServer;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/**
 * Each invariant passes a clean history, says nothing about work under way, and finds what was
 * planted. A history is a list of events one second apart; the audit comes an hour after the last
 * one, unless a test says otherwise.
 */
class InvariantsTest {

  private static final Grace GRACE = new Grace(Duration.ofSeconds(60));
  private static final Duration AN_HOUR = Duration.ofHours(1);

  private static final Sku SKU = new Sku("85123A");
  private static final Purchase BOUGHT = Purchase.of("ord-bought", "ada");
  private static final Purchase UNDONE = Purchase.of("ord-undone", "ada");
  private static final Purchase REFUSED = Purchase.of("ord-refused", "bob");

  private static Event received(int units) {
    return new StockReceived(SKU, new CommandId("r-" + units), MAIN, units, null);
  }

  private static List<Event> history(Object... parts) {
    return Arrays.stream(parts)
        .flatMap(
            part ->
                part instanceof List<?> list
                    ? list.stream().map(Event.class::cast)
                    : Stream.of((Event) part))
        .toList();
  }

  /** Everything that may happen, and nothing wrong. */
  private static List<Event> clean() {
    return history(
        new OpeningStockRecorded(SKU, MAIN, 10),
        received(20),
        new StockAdjusted(SKU, new CommandId("a"), MAIN, -1, "count"),
        BOUGHT.success(),
        UNDONE.undone(),
        REFUSED.refusal(),
        BOUGHT.shipped(),
        BOUGHT.dispatched(),
        BOUGHT.arrived(),
        BOUGHT.delivered());
  }

  private static Finding audit(Invariant invariant, List<Event> events, Duration later) {
    Instant at = StoreServer.START;
    List<RecordedEvent> recorded = new ArrayList<>();
    for (Event event : events) {
      long position = recorded.size() + 1L;
      at = StoreServer.START.plusSeconds(position);
      recorded.add(
          new RecordedEvent(position, at, Purchase.stream(event), position, event, Map.of()));
    }
    recorded.forEach(invariant::apply);
    return invariant.finish(at.plus(later));
  }

  private static void assertHolds(Invariant invariant, List<Event> events, Duration later) {
    Finding finding = audit(invariant, events, later);
    assertThat(finding.violations()).isEmpty();
    assertThat(finding.ok()).isTrue();
    assertThat(finding.violationCount()).isZero();
  }

  private static void assertBroken(Invariant invariant, List<Event> events, String... words) {
    Finding finding = audit(invariant, events, AN_HOUR);
    assertThat(finding.ok()).as(finding.toString()).isFalse();
    assertThat(finding.violations().toString()).contains(words);
    assertThat(finding.violationCount()).isPositive();
  }

  @Test
  void allHoldOnACleanHistory() {
    List<Finding> findings =
        Invariant.all(GRACE).stream().map(i -> audit(i, clean(), AN_HOUR)).toList();

    assertThat(findings)
        .extracting(Finding::name)
        .containsExactly(
            "no-oversell",
            "stock-conserved",
            "one-order-per-key",
            "one-charge-per-order",
            "money-conserved",
            "no-orphan-reservation",
            "no-lost-order",
            "clearing-settled");
    assertThat(findings).allSatisfy(finding -> assertThat(finding.violations()).isEmpty());
    assertThat(findings)
        .extracting(Finding::checked)
        .containsExactly(1L, 1L, 3L, 3L, 3L, 3L, 3L, 6L);
  }

  /** A process may be between any two of its events when the audit looks. */
  @Test
  void allHoldWhereverTheProcessesAre() {
    for (List<Event> story : List.of(BOUGHT.success(), UNDONE.undone(), REFUSED.refusal())) {
      for (int done = 0; done <= story.size(); done++) {
        List<Event> events = history(received(20), story.subList(0, done));
        for (Invariant invariant : Invariant.all(GRACE)) {
          assertHolds(invariant, events, Duration.ofSeconds(30));
        }
      }
    }
  }

  /** What is left undone is found, wherever the process stopped, unless that was its end. */
  @Test
  void someInvariantFindsEveryStoryThatStopped() {
    for (Purchase purchase : List.of(BOUGHT, UNDONE, REFUSED)) {
      List<Event> story =
          purchase == BOUGHT
              ? BOUGHT.success()
              : purchase == UNDONE ? UNDONE.undone() : REFUSED.refusal();
      for (int done = 1; done < story.size(); done++) {
        if (story.get(done - 1).equals(purchase.captured())) {
          continue;
        }
        List<Event> events = history(received(20), story.subList(0, done));
        assertThat(Invariant.all(GRACE).stream().map(i -> audit(i, events, AN_HOUR)))
            .as("stopped after %s", story.get(done - 1))
            .anyMatch(finding -> !finding.ok());
      }
    }
  }

  @Test
  void tellsTheFirstViolationsAndCountsAll() {
    List<Event> events = new ArrayList<>();
    for (int i = 0; i < 250; i++) {
      events.add(Purchase.of("ord-" + i, "ada").placed());
    }

    Finding finding = audit(new NoLostOrder(GRACE), events, AN_HOUR);

    assertThat(finding.violations()).hasSize(Violations.MOST);
    assertThat(finding.violationCount()).isEqualTo(250);
    assertThat(finding.checked()).isEqualTo(250);
  }

  @Nested
  class NoOversellTest {

    @Test
    void findsMorePromisedThanThere() {
      assertBroken(
          new NoOversell(),
          history(received(5), BOUGHT.placed(), BOUGHT.held()),
          "85123A",
          "5",
          "6");
    }

    @Test
    void findsMoreSoldThanThere() {
      assertBroken(
          new NoOversell(),
          history(received(6), BOUGHT.held(), BOUGHT.committed(), UNDONE.committed()),
          "-6 units on hand");
    }

    /** Also when it is made good later: a promise that could not be kept was made. */
    @Test
    void findsWhatWasWrongForAMoment() {
      Finding finding =
          audit(
              new NoOversell(),
              history(received(5), BOUGHT.held(), received(9), UNDONE.held(), received(50)),
              AN_HOUR);

      assertThat(finding.violations())
          .singleElement()
          .satisfies(
              v -> {
                assertThat(v.position()).isEqualTo(2);
                assertThat(v.subject()).contains("main");
              });
    }

    @Test
    void findsUnitsOfAnotherLocation() {
      assertBroken(
          new NoOversell(),
          history(
              received(6),
              new StockReserved(
                  SKU,
                  BOUGHT.reservationId(),
                  BOUGHT.orderId(),
                  List.of(new Allocation(new LocationId("shop"), 6)),
                  BOUGHT.expiresAt())),
          "shop");
    }

    @Test
    void allowsTheLastUnit() {
      assertHolds(
          new NoOversell(), history(received(6), BOUGHT.held(), BOUGHT.committed()), AN_HOUR);
    }
  }

  @Nested
  class StockConservedTest {

    @Test
    void findsAReservationThatEndedTwice() {
      assertBroken(
          new StockConserved(),
          history(received(20), BOUGHT.held(), BOUGHT.committed(), BOUGHT.committed()),
          "ended twice",
          "20 units came in, but 8 are on hand and 6 sold");
    }

    @Test
    void findsAReservationThatEndedAndWasNeverMade() {
      assertBroken(
          new StockConserved(),
          history(
              received(20),
              new ReservationExpired(
                  SKU, BOUGHT.reservationId(), BOUGHT.orderId(), BOUGHT.allocations())),
          "never made");
    }

    @Test
    void findsAReservationThatWasMadeTwice() {
      assertBroken(
          new StockConserved(), history(received(20), BOUGHT.held(), BOUGHT.held()), "made twice");
    }

    @Test
    void findsOtherUnitsAtTheEnd() {
      assertBroken(
          new StockConserved(),
          history(
              received(20),
              BOUGHT.held(),
              new ReservationReleased(
                  SKU,
                  BOUGHT.reservationId(),
                  BOUGHT.orderId(),
                  List.of(new Allocation(MAIN, 5)),
                  "x")),
          "ended with");
    }

    @Test
    void findsUnitsThatCameBackWithoutHavingLeft() {
      assertBroken(
          new StockConserved(),
          history(received(20), BOUGHT.held(), BOUGHT.released(), BOUGHT.returned()),
          "not confirmed");
    }

    @Test
    void findsMoreUnitsBackThanLeft() {
      assertBroken(
          new StockConserved(),
          history(
              received(20),
              BOUGHT.held(),
              BOUGHT.committed(),
              BOUGHT.returned(),
              BOUGHT.returned()),
          "of which 0 were out");
    }

    @Test
    void allowsPartsToComeBack() {
      Event part =
          new UnitsReturned(
              SKU,
              BOUGHT.reservationId(),
              BOUGHT.orderId(),
              List.of(new Allocation(MAIN, 2)),
              "return",
              null);

      assertHolds(
          new StockConserved(),
          history(received(20), BOUGHT.held(), BOUGHT.committed(), part, part, part),
          AN_HOUR);
      assertBroken(
          new StockConserved(),
          history(received(20), BOUGHT.held(), BOUGHT.committed(), part, part, part, part),
          "of which 0 were out");
    }

    @Test
    void findsALocationThatOpenedTwice() {
      assertBroken(
          new StockConserved(),
          history(new OpeningStockRecorded(SKU, MAIN, 5), new OpeningStockRecorded(SKU, MAIN, 5)),
          "opened twice");
    }

    @Test
    void findsNegativeUnits() {
      assertBroken(new StockConserved(), history(received(-3)), "-3 units");
    }
  }

  @Nested
  class OneOrderPerKeyTest {

    private OrderPlaced with(String order, String customer, String key) {
      OrderPlaced placed = Purchase.of(order, customer).placed();
      return new OrderPlaced(
          placed.orderId(),
          placed.customerId(),
          key,
          placed.fingerprint(),
          placed.cartId(),
          placed.lines(),
          placed.total(),
          placed.shippingAddress(),
          placed.payment());
    }

    @Test
    void findsTwoOrdersOfOneKey() {
      assertBroken(
          new OneOrderPerKey(),
          history(with("ord-1", "ada", "k"), with("ord-2", "ada", "k")),
          "ord-1",
          "ord-2");
    }

    @Test
    void findsAnOrderThatWasPlacedTwice() {
      assertBroken(
          new OneOrderPerKey(),
          history(with("ord-1", "ada", "k"), with("ord-1", "ada", "k")),
          "placed twice");
    }

    @Test
    void keysOfTwoCustomersDoNotMeet() {
      assertHolds(
          new OneOrderPerKey(),
          history(with("ord-1", "ada", "k"), with("ord-2", "bob", "k"), with("ord-3", "ada", "l")),
          AN_HOUR);
    }
  }

  @Nested
  class OneChargePerOrderTest {

    private final List<Event> paid =
        history(BOUGHT.placed(), BOUGHT.requested(), BOUGHT.authorised(), BOUGHT.captured());

    @Test
    void findsASecondPayment() {
      assertBroken(
          new OneChargePerOrder(),
          history(
              paid,
              new PaymentRequested(
                  new PaymentId("pay-other"),
                  BOUGHT.orderId(),
                  BOUGHT.customer(),
                  BOUGHT.total(),
                  "card",
                  "tok",
                  "simulator")),
          "pay-bought",
          "pay-other");
    }

    @Test
    void findsASecondCharge() {
      assertBroken(
          new OneChargePerOrder(),
          history(
              paid,
              new PaymentRefunded(
                  BOUGHT.paymentId(), BOUGHT.orderId(), "ch-other", BOUGHT.total(), null)),
          "ch-bought",
          "ch-other");
    }

    @Test
    void findsMoneyThatWasTakenTwice() {
      assertBroken(new OneChargePerOrder(), history(paid, BOUGHT.captured()), "charged 2 times");
    }

    @Test
    void findsAPaymentThatWasAuthorisedTwice() {
      assertBroken(
          new OneChargePerOrder(), history(paid, BOUGHT.authorised()), "authorised 2 times");
    }

    @Test
    void findsAPaymentWithoutAnOrder() {
      assertBroken(new OneChargePerOrder(), history(BOUGHT.requested()), "never placed");
    }
  }

  @Nested
  class MoneyConservedTest {

    private MoneyConserved invariant() {
      return new MoneyConserved(GRACE);
    }

    private OrderPlaced placedFor(Money total) {
      OrderPlaced placed = BOUGHT.placed();
      return new OrderPlaced(
          placed.orderId(),
          placed.customerId(),
          placed.idempotencyKey(),
          placed.fingerprint(),
          placed.cartId(),
          placed.lines(),
          total,
          placed.shippingAddress(),
          placed.payment());
    }

    @Test
    void findsATotalThatIsNotTheSumOfTheLines() {
      assertBroken(invariant(), history(placedFor(new Money(1529, "GBP"))), "1529 GBP", "1530 GBP");
    }

    @Test
    void findsLinesOfAnotherCurrency() {
      assertBroken(invariant(), history(placedFor(new Money(1530, "EUR"))), "cannot be added up");
    }

    @Test
    void findsAnotherAmountAskedForOrAuthorised() {
      assertBroken(
          invariant(),
          history(
              BOUGHT.placed(),
              new PaymentRequested(
                  BOUGHT.paymentId(),
                  BOUGHT.orderId(),
                  BOUGHT.customer(),
                  new Money(1, "GBP"),
                  "card",
                  "tok",
                  "simulator"),
              new PaymentAuthorised(
                  BOUGHT.paymentId(), BOUGHT.orderId(), "ch", new Money(1530, "EUR"))),
          "1 GBP asked for",
          "1530 EUR authorised");
    }

    @Test
    void findsMoreTakenThanTheTotal() {
      assertBroken(
          invariant(),
          history(
              BOUGHT.placed(),
              BOUGHT.requested(),
              BOUGHT.authorised(),
              new PaymentCaptured(
                  BOUGHT.paymentId(), BOUGHT.orderId(), "ch", new Money(1531, "GBP"))),
          "1531 GBP taken");
    }

    @Test
    void findsMoreGivenBackThanTaken() {
      assertBroken(
          invariant(),
          history(BOUGHT.success(), BOUGHT.refunded(), BOUGHT.refunded()),
          "3060 given back of 1530");
    }

    private ReturnAccepted returned(String request, int units, long refund) {
      return new ReturnAccepted(
          BOUGHT.orderId(),
          ReturnId.of(BOUGHT.orderId(), request),
          List.of(new ReturnedLine(SKU, units, new Money(refund, "GBP"), List.of())),
          new Money(refund, "GBP"),
          false,
          null);
    }

    private ReturnCompleted completed(String request) {
      return new ReturnCompleted(BOUGHT.orderId(), ReturnId.of(BOUGHT.orderId(), request));
    }

    private String refundOf(String request) {
      return RefundId.of(ReturnId.of(BOUGHT.orderId(), request)).value();
    }

    @Test
    void aReturnIsPaidBackAtThePriceOfItsUnits() {
      List<Event> back =
          history(
              BOUGHT.success(),
              returned("1", 2, 510),
              asked(refundOf("1"), 510),
              back(refundOf("1"), 510),
              completed("1"));

      assertHolds(invariant(), back, AN_HOUR);
      assertHolds(
          invariant(),
          history(
              back,
              returned("2", 4, 1020),
              asked(refundOf("2"), 1020),
              back(refundOf("2"), 1020),
              completed("2")),
          AN_HOUR);
      assertBroken(
          invariant(),
          history(back, returned("2", 5, 1275)),
          "7 units of " + SKU + " came back of 6");
      assertBroken(
          invariant(), history(BOUGHT.success(), returned("1", 2, 511)), "511 GBP", "cost 510 GBP");
      assertBroken(
          invariant(),
          history(BOUGHT.success(), returned("1", 2, 510), completed("1")),
          "510 GBP were not given back");
    }

    private RefundRequested asked(String refund, long amount) {
      return new RefundRequested(
          BOUGHT.paymentId(),
          BOUGHT.orderId(),
          new RefundId(refund),
          "ch-bought",
          new Money(amount, "GBP"),
          "returned");
    }

    private PaymentRefunded back(String refund, long amount) {
      return new PaymentRefunded(
          BOUGHT.paymentId(),
          BOUGHT.orderId(),
          "ch-bought",
          new Money(amount, "GBP"),
          new RefundId(refund));
    }

    @Test
    void allowsPartsToBeGivenBackThatWereAskedFor() {
      List<Event> parts =
          history(BOUGHT.success(), asked("a", 255), asked("b", 510), back("b", 510));

      assertHolds(invariant(), parts, Duration.ofSeconds(59));
      assertBroken(invariant(), parts, "refund a", "neither given back nor refused");
      assertHolds(invariant(), history(parts, back("a", 255)), AN_HOUR);
      assertHolds(
          invariant(),
          history(
              parts,
              new RefundFailed(BOUGHT.paymentId(), BOUGHT.orderId(), new RefundId("a"), "closed")),
          AN_HOUR);
    }

    @Test
    void findsRefundsThatNobodyAskedForOrThatWereMadeTwiceOrOtherwise() {
      assertBroken(
          invariant(), history(BOUGHT.success(), back("a", 255)), "refund a was never asked for");
      assertBroken(
          invariant(),
          history(BOUGHT.success(), asked("a", 255), back("a", 255), back("a", 255)),
          "refund a was given back twice");
      assertBroken(
          invariant(),
          history(BOUGHT.success(), asked("a", 255), back("a", 254)),
          "254 GBP given back by refund a of 255 GBP");
      assertBroken(
          invariant(),
          history(BOUGHT.success(), asked("a", 255), asked("a", 255), back("a", 255)),
          "asked for twice");
    }

    @Test
    void findsAConfirmedOrderThatIsNotPaid() {
      List<Event> unpaid =
          history(BOUGHT.placed(), BOUGHT.requested(), BOUGHT.authorised(), BOUGHT.confirmed());

      assertHolds(invariant(), unpaid, Duration.ofSeconds(59));
      assertBroken(invariant(), unpaid, "0 of 1530 GBP");
    }

    @Test
    void findsMoneyThatWasKeptForACancelledOrder() {
      List<Event> kept = history(BOUGHT.success(), BOUGHT.cancelled(OrderStatus.CONFIRMED));

      assertHolds(invariant(), kept, Duration.ofSeconds(59));
      assertBroken(invariant(), kept, "1530 were kept");
    }

    @Test
    void findsMoneyThatIsStillHeldForARejectedOrder() {
      assertBroken(
          invariant(),
          history(
              BOUGHT.placed(),
              BOUGHT.requested(),
              BOUGHT.authorised(),
              BOUGHT.rejected(RejectionReason.RESERVATION_EXPIRED)),
          "payment is authorised");
    }

    @Test
    void findsMoneyThatWasTakenUnaskedAndKept() {
      List<Event> late = history(REFUSED.refusal(), REFUSED.captured(), REFUSED.abandoned());

      assertBroken(invariant(), late, "1530 were kept");
      assertHolds(invariant(), history(late, REFUSED.refunded()), AN_HOUR);
    }

    @Test
    void aFreeOrderNeedsNoPayment() {
      OrderPlaced placed = BOUGHT.placed();
      assertHolds(
          invariant(),
          history(
              new OrderPlaced(
                  placed.orderId(),
                  placed.customerId(),
                  placed.idempotencyKey(),
                  placed.fingerprint(),
                  null,
                  List.of(
                      new dev.lastunit.ordering.api.OrderLine(SKU, "Sample", 6, Money.zero("GBP"))),
                  Money.zero("GBP"),
                  placed.shippingAddress(),
                  placed.payment()),
              BOUGHT.confirmed()),
          AN_HOUR);
    }

    @Test
    void anOrderThatWasRejectedBeforePaymentOwesNothing() {
      assertHolds(
          invariant(),
          history(
              BOUGHT.placed(), BOUGHT.abandoned(), BOUGHT.rejected(RejectionReason.OUT_OF_STOCK)),
          AN_HOUR);
    }
  }

  @Nested
  class NoOrphanReservationTest {

    private NoOrphanReservation invariant() {
      return new NoOrphanReservation(GRACE);
    }

    @Test
    void findsAReservationForNobody() {
      assertBroken(invariant(), history(received(20), BOUGHT.held()), "never placed");
    }

    @Test
    void findsOtherUnitsThanTheLineWants() {
      assertBroken(
          invariant(),
          history(
              received(20),
              BOUGHT.placed(),
              new StockReserved(
                  SKU,
                  BOUGHT.reservationId(),
                  BOUGHT.orderId(),
                  List.of(new Allocation(MAIN, 7)),
                  BOUGHT.expiresAt())),
          "7 units held",
          "wants 6");
      assertBroken(
          invariant(),
          history(
              BOUGHT.placed(),
              new StockReserved(
                  new Sku("other"),
                  ReservationId.of(BOUGHT.orderId(), new Sku("other")),
                  BOUGHT.orderId(),
                  BOUGHT.allocations(),
                  BOUGHT.expiresAt())),
          "wants 0");
    }

    @Test
    void findsAReservationThatOutlivesItsOrder() {
      List<Event> left =
          history(
              BOUGHT.placed(),
              BOUGHT.held(),
              BOUGHT.reserved(),
              BOUGHT.rejected(RejectionReason.PAYMENT_DECLINED));

      assertHolds(invariant(), left, Duration.ofSeconds(59));
      assertThat(audit(invariant(), left, Duration.ofSeconds(90)).violations().toString())
          .contains("res-bought-85123A", "rejected");
    }

    @Test
    void findsAReservationThatDidNotExpire() {
      List<Event> waiting = history(BOUGHT.placed(), BOUGHT.held(), BOUGHT.reserved());

      assertHolds(invariant(), waiting, Duration.ofSeconds(900));
      assertBroken(invariant(), waiting, "its time passed");
    }

    @Test
    void findsUnitsThatAreCommittedToACancelledOrder() {
      List<Event> kept = history(BOUGHT.success(), BOUGHT.cancelled(OrderStatus.CONFIRMED));

      assertHolds(invariant(), kept, Duration.ofSeconds(59));
      assertBroken(invariant(), kept, "is cancelled", "1 of its 1 lines");
    }

    @Test
    void findsAConfirmedOrderWithoutItsUnits() {
      List<Event> without =
          history(
              BOUGHT.placed(),
              BOUGHT.held(),
              BOUGHT.reserved(),
              new ReservationExpired(
                  SKU, BOUGHT.reservationId(), BOUGHT.orderId(), BOUGHT.allocations()),
              BOUGHT.confirmed());

      assertHolds(invariant(), without, Duration.ofSeconds(59));
      assertBroken(invariant(), without, "is confirmed", "0 of its 1 lines");
    }

    @Test
    void unitsThatABuyerSentBackWereCommittedAllTheSame() {
      assertHolds(
          invariant(),
          history(
              received(20),
              BOUGHT.success(),
              new UnitsReturned(
                  SKU,
                  BOUGHT.reservationId(),
                  BOUGHT.orderId(),
                  BOUGHT.allocations(),
                  "returned",
                  ReturnId.of(BOUGHT.orderId(), "1"))),
          AN_HOUR);
    }

    @Test
    void findsUnitsThatWereCommittedForNobody() {
      assertBroken(
          invariant(),
          history(
              new ReservationConfirmed(
                  SKU, BOUGHT.reservationId(), new OrderId("ord-nobody"), BOUGHT.allocations())),
          "ord-nobody",
          "never placed");
    }
  }

  @Nested
  class NoLostOrderTest {

    private NoLostOrder invariant() {
      return new NoLostOrder(GRACE);
    }

    @Test
    void findsAnOrderThatNobodyTookUp() {
      assertHolds(invariant(), history(BOUGHT.placed()), Duration.ofSeconds(60));
      assertThat(audit(invariant(), history(BOUGHT.placed()), Duration.ofSeconds(61)).ok())
          .isFalse();
      assertBroken(invariant(), history(BOUGHT.placed()), "ord-bought", "placed");
    }

    @Test
    void letsAnOrderWaitForItsPaymentWhileItsUnitsAreHeld() {
      List<Event> waiting =
          history(BOUGHT.placed(), BOUGHT.held(), BOUGHT.reserved(), BOUGHT.requested());

      assertHolds(invariant(), waiting, Duration.ofSeconds(900));
      assertBroken(invariant(), waiting, "reserved");
    }

    @Test
    void findsAnOrderWhoseUnitsAreNoLongerHeld() {
      List<Event> expired =
          history(
              BOUGHT.placed(),
              BOUGHT.held(),
              BOUGHT.reserved(),
              new ReservationExpired(
                  SKU, BOUGHT.reservationId(), BOUGHT.orderId(), BOUGHT.allocations()));

      assertHolds(invariant(), expired, Duration.ofSeconds(59));
      assertThat(audit(invariant(), expired, Duration.ofSeconds(90)).ok()).isFalse();
    }

    @Test
    void isContentWithEveryDecision() {
      assertHolds(
          invariant(),
          history(
              BOUGHT.placed(),
              BOUGHT.confirmed(),
              UNDONE.placed(),
              UNDONE.cancelled(OrderStatus.PLACED),
              REFUSED.placed(),
              REFUSED.rejected(RejectionReason.OUT_OF_STOCK)),
          AN_HOUR);
    }
  }

  @Nested
  class ClearingSettledTest {

    private Invariant invariant() {
      return new ClearingSettled(GRACE);
    }

    @Test
    void holdsWhereTheMoneyIsTakenOrLetGo() {
      assertHolds(
          invariant(),
          history(BOUGHT.success(), List.of(UNDONE.authorised(), UNDONE.voided())),
          AN_HOUR);
    }

    @Test
    void givesTimeToTakeIt() {
      List<Event> held = List.of(BOUGHT.authorised());
      assertHolds(invariant(), held, GRACE.settle());
      assertThat(audit(invariant(), held, GRACE.settle().plusMillis(1)).ok()).isFalse();
    }

    @Test
    void breaksWhereMoneyIsHeldForEver() {
      assertBroken(
          invariant(),
          history(BOUGHT.success(), List.of(UNDONE.requested(), UNDONE.authorised())),
          "order " + UNDONE.orderId(),
          "GBP");
    }

    @Test
    void whatWasTakenWithoutAnAuthorisationIsNotInClearing() {
      assertHolds(invariant(), List.of(BOUGHT.captured()), AN_HOUR);
    }
  }
}
