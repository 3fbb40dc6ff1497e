package dev.lastunit.process.order;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lastunit.inventory.api.StockEvent.ReservationExpired;
import dev.lastunit.inventory.api.StockEvent.StockReserved;
import dev.lastunit.ordering.api.OrderEvent.OrderCancelled;
import dev.lastunit.ordering.api.OrderEvent.OrderConfirmed;
import dev.lastunit.ordering.api.OrderEvent.OrderPlaced;
import dev.lastunit.ordering.api.OrderLine;
import dev.lastunit.ordering.api.OrderStatus;
import dev.lastunit.ordering.api.PaymentChoice;
import dev.lastunit.ordering.api.ReservedLine;
import dev.lastunit.ordering.api.Shortage;
import dev.lastunit.payment.api.PaymentEvent.PaymentAuthorised;
import dev.lastunit.payment.api.PaymentEvent.PaymentCaptured;
import dev.lastunit.payment.api.PaymentEvent.PaymentDeclined;
import dev.lastunit.payment.api.PaymentEvent.PaymentPending;
import dev.lastunit.payment.api.PaymentEvent.PaymentRefunded;
import dev.lastunit.payment.api.PaymentEvent.PaymentVoided;
import dev.lastunit.payment.api.PaymentStatus;
import dev.lastunit.process.engine.Decision;
import dev.lastunit.process.engine.Decisions;
import dev.lastunit.process.engine.ProcessJson;
import dev.lastunit.process.engine.Stimulus;
import dev.lastunit.process.engine.Stimulus.GivenUp;
import dev.lastunit.process.engine.Stimulus.Happened;
import dev.lastunit.process.engine.Stimulus.TimedOut;
import dev.lastunit.process.order.OrderOutcome.AllReserved;
import dev.lastunit.process.order.OrderOutcome.CommitRefused;
import dev.lastunit.process.order.OrderOutcome.Confirmed;
import dev.lastunit.process.order.OrderOutcome.FoundUnderWay;
import dev.lastunit.process.order.OrderOutcome.GaveBack;
import dev.lastunit.process.order.OrderOutcome.NothingToPay;
import dev.lastunit.process.order.OrderOutcome.OrderSays;
import dev.lastunit.process.order.OrderOutcome.OutOfStock;
import dev.lastunit.process.order.OrderOutcome.PaymentAsked;
import dev.lastunit.process.order.OrderOutcome.ReservationEnded;
import dev.lastunit.process.order.OrderOutcome.Settled;
import dev.lastunit.process.order.OrderProcessState.Line;
import dev.lastunit.process.order.OrderProcessState.Seen;
import dev.lastunit.process.order.OrderProcessState.Step;
import dev.lastunit.process.order.OrderProcessState.Undo;
import dev.lastunit.process.testing.DocumentedTables;
import dev.lastunit.shared.api.Allocation;
import dev.lastunit.shared.api.CartId;
import dev.lastunit.shared.api.CustomerId;
import dev.lastunit.shared.api.Event;
import dev.lastunit.shared.api.LocationId;
import dev.lastunit.shared.api.Money;
import dev.lastunit.shared.api.OrderId;
import dev.lastunit.shared.api.PaymentId;
import dev.lastunit.shared.api.ReservationId;
import dev.lastunit.shared.api.Sku;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The order process's table in {@code docs/processes.md}, row by row and the pairs that no row
 * names: every step meets every stimulus.
 */
class OrderDecisionsTest {

  private static final Instant EXPIRES = Instant.parse("2026-11-23T19:15:00Z");
  private static final String UNTIL = "until 2026-11-23T19:15:02Z ";
  private static final OrderId ORDER = new OrderId("ord-1");
  private static final PaymentId PAYMENT = PaymentId.of(ORDER);
  private static final Sku SKU = new Sku("A");
  private static final Money TOTAL = new Money(500, "EUR");
  private static final List<Allocation> HELD = List.of(new Allocation(new LocationId("home"), 5));
  private static final List<Line> HELD_LINES = List.of(new Line(SKU, 5, HELD));

  private static final OrderProcess PROCESS = new OrderProcess(null, Duration.ofSeconds(2));

  private static final OrderPlaced PLACED =
      new OrderPlaced(
          ORDER,
          new CustomerId("buyer"),
          "key",
          "fingerprint",
          new CartId("cart"),
          List.of(new OrderLine(SKU, "thing", 5, new Money(100, "EUR"))),
          TOTAL,
          null,
          new PaymentChoice("card", "tok_ok"));

  private static final OrderCancelled CANCELLED =
      new OrderCancelled(ORDER, "no", OrderStatus.CONFIRMED, List.of(new ReservedLine(SKU, HELD)));

  private static Map<String, Stimulus> stimuli() {
    Map<String, Stimulus> all = new LinkedHashMap<>();
    happened(all, PLACED);
    happened(all, CANCELLED);
    happened(all, new ReservationExpired(SKU, ReservationId.of(ORDER, SKU), ORDER, HELD));
    happened(all, new PaymentAuthorised(PAYMENT, ORDER, "ch", TOTAL));
    happened(all, new PaymentDeclined(PAYMENT, ORDER, "no"));
    happened(all, new PaymentCaptured(PAYMENT, ORDER, "ch", TOTAL));
    happened(all, new PaymentVoided(PAYMENT, ORDER));
    happened(all, new PaymentRefunded(PAYMENT, ORDER, "ch", TOTAL, null));
    happened(all, new PaymentPending(PAYMENT, ORDER, "ch"));
    happened(all, new OrderConfirmed(ORDER));
    all.put("TimedOut", new TimedOut());
    all.put("GivenUp", new GivenUp());
    all.put("AllReserved", new AllReserved(HELD_LINES, EXPIRES));
    all.put(
        "OutOfStock",
        new OutOfStock(List.of(new Line(SKU, 5, List.of())), List.of(new Shortage(SKU, 5, 2))));
    for (OrderStatus status : OrderStatus.values()) {
      all.put("ReservationEnded " + status, new ReservationEnded(status));
    }
    for (PaymentStatus status : PaymentStatus.values()) {
      all.put("PaymentAsked " + status, new PaymentAsked(status));
    }
    for (OrderStatus status :
        List.of(
            OrderStatus.RESERVED,
            OrderStatus.CONFIRMED,
            OrderStatus.SHIPPED,
            OrderStatus.CANCELLED)) {
      all.put("FoundUnderWay " + status, new FoundUnderWay(status, HELD_LINES, EXPIRES));
    }
    all.put("NothingToPay", new NothingToPay());
    for (OrderStatus status :
        List.of(
            OrderStatus.CONFIRMED,
            OrderStatus.SHIPPED,
            OrderStatus.DELIVERED,
            OrderStatus.CANCELLED,
            OrderStatus.REJECTED)) {
      all.put("OrderSays " + status, new OrderSays(status));
    }
    all.put("CommitRefused", new CommitRefused());
    all.put("Confirmed", new Confirmed());
    for (PaymentStatus status :
        List.of(PaymentStatus.CAPTURING, PaymentStatus.CAPTURED, PaymentStatus.ABANDONED)) {
      all.put("Settled " + status, new Settled(status));
    }
    all.put("Settled free", new Settled(null));
    for (PaymentStatus status :
        List.of(
            PaymentStatus.ABANDONED,
            PaymentStatus.VOIDED,
            PaymentStatus.REFUNDED,
            PaymentStatus.DECLINED)) {
      all.put("GaveBack " + status, new GaveBack(status));
    }
    all.put("GaveBack no payment", new GaveBack(null));
    return all;
  }

  private static void happened(Map<String, Stimulus> all, Event event) {
    all.put(event.getClass().getSimpleName(), new Happened(event));
  }

  private static final List<String> NOTED =
      List.of(
          "OrderCancelled",
          "ReservationExpired",
          "PaymentAuthorised",
          "PaymentDeclined",
          "PaymentCaptured",
          "PaymentVoided",
          "PaymentRefunded");

  private static OrderProcessState state(Step step) {
    OrderProcessState placed = OrderProcessState.placed(PLACED, false);
    if (step == Step.RESERVING) {
      return placed;
    }
    OrderProcessState held = placed.withLines(HELD_LINES, EXPIRES);
    return step == Step.COMPENSATING || step == Step.AWAITING_REFUND
        ? held.at(Step.PAYING).undoing(Undo.RESERVATION_EXPIRED, List.of()).at(step)
        : held.at(step);
  }

  static Stream<Arguments> pairs() {
    Map<String, String> rows = new HashMap<>();
    for (List<String> row : DocumentedTables.rows("order")) {
      rows.put(row.get(0) + " + " + row.get(1), row.get(2));
    }
    assertThat(rows).hasSizeGreaterThan(50);
    List<Arguments> pairs = new ArrayList<>();
    List<Step> steps = new ArrayList<>(List.of(Step.values()));
    steps.addFirst(null);
    for (Step step : steps) {
      for (String stimulus : stimuli().keySet()) {
        String name = (step == null ? "(none)" : step.name()) + " + " + stimulus;
        String expected = rows.remove(name);
        if (expected == null) {
          expected =
              step != null && step.isActive() && NOTED.contains(stimulus)
                  ? "note " + step
                  : "ignored";
        }
        pairs.add(Arguments.of(name, step, stimulus, expected.replace("until expiry ", UNTIL)));
      }
    }
    assertThat(rows).as("rows about pairs that do not exist").isEmpty();
    return pairs.stream();
  }

  @ParameterizedTest(name = "{0} -> {3}")
  @MethodSource("pairs")
  void decides(String name, Step step, String stimulus, String expected) {
    Decision<OrderProcessState> decision =
        PROCESS.decide(step == null ? null : state(step), stimuli().get(stimulus));

    assertThat(text(decision)).isEqualTo(expected);
  }

  private static String text(Decision<OrderProcessState> decision) {
    String text = Decisions.text(decision);
    return decision instanceof Decision.Moved<OrderProcessState> moved
            && moved.state().at() == Step.COMPENSATING
            && !text.startsWith("note")
        ? text + " " + moved.state().undo()
        : text;
  }

  /** What was noted while an effect was under way counts with its outcome. */
  @ParameterizedTest(name = "{0} saw {1} + {2} -> {3}")
  @CsvSource({
    "RESERVING, CANCELLED, AllReserved, run COMPENSATING CANCELLED",
    "RESERVING, EXPIRED, AllReserved, run COMPENSATING RESERVATION_EXPIRED",
    "RESERVING, CANCELLED, OutOfStock, run COMPENSATING CANCELLED",
    "RESERVING, CANCELLED, FoundUnderWay RESERVED, run COMPENSATING CANCELLED",
    "RESERVING, EXPIRED, FoundUnderWay RESERVED, run COMPENSATING RESERVATION_EXPIRED",
    "RESERVING, CANCELLED, FoundUnderWay CONFIRMED, run COMPENSATING CANCELLED",
    "RESERVING, EXPIRED, FoundUnderWay CONFIRMED, run SETTLING",
    "RESERVING, CANCELLED, ReservationEnded PLACED, run COMPENSATING CANCELLED",
    "PAYING, AUTHORISED, PaymentAsked REQUESTED, run COMMITTING",
    "PAYING, DECLINED, PaymentAsked REQUESTED, run COMPENSATING PAYMENT_DECLINED",
    "PAYING, EXPIRED, PaymentAsked REQUESTED, run COMPENSATING RESERVATION_EXPIRED",
    "PAYING, CANCELLED, PaymentAsked AUTHORISED, run COMPENSATING CANCELLED",
    "PAYING, CANCELLED, NothingToPay, run COMPENSATING CANCELLED",
    "PAYING, EXPIRED, NothingToPay, run COMPENSATING RESERVATION_EXPIRED",
    "PAYING, CANCELLED, OrderSays CANCELLED, run COMPENSATING CANCELLED",
    "COMMITTING, CANCELLED, Confirmed, run COMPENSATING CANCELLED",
    "COMMITTING, CANCELLED, OrderSays CANCELLED, run COMPENSATING CANCELLED",
    "COMMITTING, EXPIRED, Confirmed, run SETTLING",
    "COMMITTING, CANCELLED, CommitRefused, run COMPENSATING RESERVATION_EXPIRED",
    "COMMITTING, CANCELLED, GivenUp, run COMPENSATING CANCELLED",
    "SETTLING, CANCELLED, Settled CAPTURING, run COMPENSATING CANCELLED",
    "SETTLING, CANCELLED, Settled free, run COMPENSATING CANCELLED",
    "SETTLING, CAPTURED, Settled CAPTURING, end confirmed",
    "COMPENSATING, GIVEN_BACK, GaveBack ABANDONED, end reservation-expired",
    "COMPENSATING, DECLINED, GaveBack ABANDONED, end reservation-expired",
    "COMPENSATING, CANCELLED, GaveBack ABANDONED, after PT10M AWAITING_REFUND",
  })
  void countsWhatWasNoted(Step step, Seen seen, String stimulus, String expected) {
    Decision<OrderProcessState> decision =
        PROCESS.decide(state(step).with(seen), stimuli().get(stimulus));

    assertThat(text(decision)).isEqualTo(expected);
  }

  @Test
  void changesNothingWhenAnEventComesTwice() {
    for (Step step : Step.values()) {
      OrderProcessState all = state(step);
      for (Seen seen : Seen.values()) {
        all = all.with(seen);
      }
      for (String event : NOTED) {
        assertThat(text(PROCESS.decide(all, stimuli().get(event))))
            .as("%s + %s", step, event)
            .isEqualTo("ignored");
      }
    }
  }

  @Test
  void knowsThatUnitsAreCommittedWhenCancelledRightThen() {
    for (Stimulus outcome : List.of(new Confirmed(), new OrderSays(OrderStatus.CANCELLED))) {
      Decision<OrderProcessState> decision =
          PROCESS.decide(state(Step.COMMITTING).with(Seen.CANCELLED), outcome);

      assertThat(((Decision.Moved<OrderProcessState>) decision).state().committed()).isTrue();
    }
  }

  /** Else a cancellation would release what was sold, and leave the money where it is. */
  @Test
  void knowsWhatWasDoneBeforeWhenItFindsTheOrderConfirmed() {
    Decision<OrderProcessState> decision =
        PROCESS.decide(
            OrderProcessState.placed(PLACED, true),
            new FoundUnderWay(OrderStatus.CONFIRMED, HELD_LINES, EXPIRES));

    OrderProcessState state = ((Decision.Moved<OrderProcessState>) decision).state();
    assertThat(state.lines()).isEqualTo(HELD_LINES);
    assertThat(state.committed()).isTrue();
    assertThat(state.settling()).isTrue();
    assertThat(state.paymentPossible()).isTrue();
  }

  @Test
  void asksTheOrderFirstWhenItPerhapsHadItBefore() {
    Decision<OrderProcessState> decision = PROCESS.decide(null, new Happened(PLACED, true));

    OrderProcessState state = ((Decision.Moved<OrderProcessState>) decision).state();
    assertThat(state.at()).isEqualTo(Step.RESERVING);
    assertThat(state.perhapsBefore()).isTrue();
  }

  @Test
  void knowsWhetherAPaymentIsPossible() {
    assertThat(state(Step.RESERVING).paymentPossible()).isFalse();
    assertThat(state(Step.PAYING).paymentPossible()).isTrue();
    assertThat(OrderProcessState.cancelled(CANCELLED).paymentPossible()).isTrue();
  }

  @Test
  void concernsEventsOfItsOrderOnly() {
    assertThat(PROCESS.instanceOf(PLACED)).isEqualTo("ord-1");
    assertThat(PROCESS.instanceOf(new PaymentVoided(PAYMENT, ORDER))).isEqualTo("ord-1");
    assertThat(PROCESS.instanceOf(new PaymentPending(PAYMENT, ORDER, "ch"))).isNull();
    assertThat(
            PROCESS.instanceOf(
                new StockReserved(SKU, ReservationId.of(ORDER, SKU), ORDER, HELD, EXPIRES)))
        .isNull();
  }

  @Test
  void isReadBackAsItWasWritten() {
    for (Step step : Step.values()) {
      OrderProcessState state = state(step).with(Seen.CANCELLED).with(Seen.EXPIRED);

      assertThat(ProcessJson.read(ProcessJson.write(state), OrderProcessState.class))
          .isEqualTo(state);
    }
    OrderProcessState late = OrderProcessState.cancelled(CANCELLED);
    assertThat(ProcessJson.read(ProcessJson.write(late), OrderProcessState.class)).isEqualTo(late);
  }
}
