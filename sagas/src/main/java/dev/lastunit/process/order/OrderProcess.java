package dev.lastunit.process.order;

import dev.lastunit.inventory.api.StockEvent.ReservationExpired;
import dev.lastunit.ordering.api.OrderEvent.OrderCancelled;
import dev.lastunit.ordering.api.OrderEvent.OrderPlaced;
import dev.lastunit.ordering.api.OrderStatus;
import dev.lastunit.payment.api.PaymentEvent;
import dev.lastunit.payment.api.PaymentEvent.PaymentAuthorised;
import dev.lastunit.payment.api.PaymentEvent.PaymentCaptured;
import dev.lastunit.payment.api.PaymentEvent.PaymentDeclined;
import dev.lastunit.payment.api.PaymentEvent.PaymentRefunded;
import dev.lastunit.payment.api.PaymentEvent.PaymentVoided;
import dev.lastunit.payment.api.PaymentStatus;
import dev.lastunit.process.engine.Decision;
import dev.lastunit.process.engine.ProcessDefinition;
import dev.lastunit.process.engine.Stimulus;
import dev.lastunit.process.engine.Stimulus.GivenUp;
import dev.lastunit.process.engine.Stimulus.Happened;
import dev.lastunit.process.engine.Stimulus.TimedOut;
import dev.lastunit.process.order.OrderProcessState.Seen;
import dev.lastunit.process.order.OrderProcessState.Step;
import dev.lastunit.process.order.OrderProcessState.Undo;
import dev.lastunit.shared.api.Event;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

/**
 * Takes one order from placed to confirmed and settled, or back to nothing. An instance is named
 * after its order.
 *
 * <p><b>Steps that do something.</b> Each effect may run twice; each command is safe to repeat.
 *
 * <table>
 * <caption>Active steps: effect, outcome, what comes next</caption>
 * <tr><th>step</th><th>effect</th><th>outcome</th><th>next</th></tr>
 * <tr><td rowspan="8">RESERVING</td><td rowspan="8">ReserveStock for every line, 64 at a time; when
 *   a reservation has ended, FindPlacedOrder. When the process perhaps had this order before,
 *   FindPlacedOrder first, and nothing is reserved that was reserved before</td>
 *   <td>AllReserved</td><td>PAYING; COMPENSATING when cancelled or expired was noted</td></tr>
 * <tr><td>OutOfStock</td><td>COMPENSATING (out-of-stock, every shortage)</td></tr>
 * <tr><td>ReservationEnded, order placed or reserved</td>
 *   <td>COMPENSATING (reservation-expired)</td></tr>
 * <tr><td>ReservationEnded, order confirmed, shipped or delivered</td><td>end: nothing to do</td></tr>
 * <tr><td>ReservationEnded, order rejected or cancelled</td><td>COMPENSATING (again)</td></tr>
 * <tr><td>FoundUnderWay, order reserved</td><td>like AllReserved</td></tr>
 * <tr><td>FoundUnderWay, order confirmed or shipped</td>
 *   <td>SETTLING; COMPENSATING when cancelled was noted</td></tr>
 * <tr><td>FoundUnderWay, order cancelled</td><td>COMPENSATING</td></tr>
 * <tr><td rowspan="4">PAYING</td><td rowspan="4">RecordReservation, then RequestPayment unless the
 *   order is free</td>
 *   <td>PaymentAsked</td><td>AWAITING_PAYMENT until the reservation ends, plus a grace; at once on
 *   where an event was noted</td></tr>
 * <tr><td>NothingToPay</td><td>COMMITTING</td></tr>
 * <tr><td>OrderSays cancelled or rejected</td><td>COMPENSATING (cancelled)</td></tr>
 * <tr><td>OrderSays confirmed or later</td><td>COMMITTING (all repeats)</td></tr>
 * <tr><td rowspan="3">COMMITTING</td><td rowspan="3">ConfirmReservation for every line, 64 at a time;
 *   once all are confirmed, ConfirmOrder</td>
 *   <td>Confirmed</td><td>SETTLING; COMPENSATING when cancelled was noted</td></tr>
 * <tr><td>CommitRefused</td><td>COMPENSATING (reservation-expired)</td></tr>
 * <tr><td>OrderSays cancelled or rejected</td><td>COMPENSATING (cancelled)</td></tr>
 * <tr><td>SETTLING</td><td>PrepareShipment for every location, RequestCapture unless free</td>
 *   <td>Settled</td><td>AWAITING_CAPTURE; end when captured or free; COMPENSATING when cancelled
 *   was noted</td></tr>
 * <tr><td>COMPENSATING</td><td>CancelShipment; ReleaseReservation or, where they were committed,
 *   ReturnUnits; AbandonPayment where there may be one; RejectOrder unless cancelled; ReopenCart of
 *   a rejected order. In this order: who reads "rejected" finds nothing held</td>
 *   <td>GaveBack</td><td>AWAITING_REFUND while money is still out, else end</td></tr>
 * </table>
 *
 * <table>
 * <caption>Waiting steps: event or time, what comes next</caption>
 * <tr><th>step</th><th>stimulus</th><th>next</th></tr>
 * <tr><td>(none)</td><td>OrderPlaced</td><td>RESERVING</td></tr>
 * <tr><td>(none)</td><td>OrderCancelled</td><td>COMPENSATING (cancelled): the order was finished, and
 *   the event carries what was committed</td></tr>
 * <tr><td>AWAITING_PAYMENT</td><td>OrderCancelled</td><td>COMPENSATING (cancelled)</td></tr>
 * <tr><td>AWAITING_PAYMENT</td><td>PaymentDeclined</td><td>COMPENSATING (payment-declined)</td></tr>
 * <tr><td>AWAITING_PAYMENT</td><td>ReservationExpired, PaymentVoided, PaymentRefunded, time-out</td>
 *   <td>COMPENSATING (reservation-expired)</td></tr>
 * <tr><td>AWAITING_PAYMENT</td><td>PaymentAuthorised</td><td>COMMITTING</td></tr>
 * <tr><td>AWAITING_CAPTURE</td><td>OrderCancelled</td><td>COMPENSATING (cancelled)</td></tr>
 * <tr><td>AWAITING_CAPTURE</td><td>PaymentCaptured</td><td>end</td></tr>
 * <tr><td>AWAITING_CAPTURE</td><td>time-out</td><td>SETTLING (asks again)</td></tr>
 * <tr><td>AWAITING_REFUND</td><td>PaymentVoided, PaymentRefunded, PaymentDeclined</td><td>end</td></tr>
 * <tr><td>AWAITING_REFUND</td><td>time-out</td><td>COMPENSATING (asks again)</td></tr>
 * </table>
 *
 * <p>Events that come while an effect is under way are noted and count with its outcome. Events
 * that no row names change nothing. When an operator gives up a parked instance, it compensates and
 * the order is cancelled; a parked COMPENSATING can only be tried again or left.
 */
final class OrderProcess implements ProcessDefinition<OrderProcessState> {

  static final String NAME = "order";

  /**
   * How long money or a refund may take before the payment is asked again; the payment process owns
   * the matter, so this only mends what must not happen.
   */
  static final Duration ASK_AGAIN = Duration.ofMinutes(10);

  private final OrderEffects effects;
  private final Duration paymentGrace;

  /**
   * @param paymentGrace how long after the reservation's end an authorisation is still waited for:
   *     the expiry's own event says it sooner, unless it is held up
   */
  OrderProcess(OrderEffects effects, Duration paymentGrace) {
    this.effects = effects;
    this.paymentGrace = paymentGrace;
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public Class<OrderProcessState> stateType() {
    return OrderProcessState.class;
  }

  @Override
  public Set<Class<? extends Event>> concerns() {
    return Set.of(
        OrderPlaced.class,
        OrderCancelled.class,
        ReservationExpired.class,
        PaymentAuthorised.class,
        PaymentDeclined.class,
        PaymentCaptured.class,
        PaymentVoided.class,
        PaymentRefunded.class);
  }

  @Override
  public String instanceOf(Event event) {
    return switch (event) {
      case OrderPlaced placed -> placed.orderId().value();
      case OrderCancelled cancelled -> cancelled.orderId().value();
      case ReservationExpired expired -> expired.orderId().value();
      case PaymentEvent payment when fact(payment) != null -> payment.orderId().value();
      default -> null;
    };
  }

  @Override
  public boolean isFirst(Event event) {
    return event instanceof OrderPlaced;
  }

  /** What an event is to a running instance; null when it is nothing. */
  private static Seen fact(Event event) {
    return switch (event) {
      case OrderCancelled cancelled -> Seen.CANCELLED;
      case ReservationExpired expired -> Seen.EXPIRED;
      case PaymentAuthorised authorised -> Seen.AUTHORISED;
      case PaymentDeclined declined -> Seen.DECLINED;
      case PaymentCaptured captured -> Seen.CAPTURED;
      case PaymentVoided voided -> Seen.GIVEN_BACK;
      case PaymentRefunded refunded -> Seen.GIVEN_BACK;
      default -> null;
    };
  }

  @Override
  public Decision<OrderProcessState> decide(OrderProcessState state, Stimulus stimulus) {
    if (state == null) {
      return switch (stimulus) {
        case Happened(OrderPlaced placed, boolean perhapsBefore) ->
            Decision.run(OrderProcessState.placed(placed, perhapsBefore));
        case Happened(OrderCancelled cancelled, _) ->
            Decision.run(OrderProcessState.cancelled(cancelled));
        default -> Decision.ignore();
      };
    }
    return switch (stimulus) {
      case Happened happened -> onEvent(state, happened.event());
      case TimedOut timedOut -> onTimeOut(state);
      case GivenUp givenUp -> onGivenUp(state);
      case OrderOutcome outcome -> onOutcome(state, outcome);
      default -> Decision.ignore();
    };
  }

  private Decision<OrderProcessState> onEvent(OrderProcessState state, Event event) {
    Seen fact = fact(event);
    if (fact == null || state.saw(fact)) {
      return Decision.ignore();
    }
    OrderProcessState noted = state.with(fact);
    return state.active() ? Decision.note(noted) : goOn(noted, true);
  }

  private Decision<OrderProcessState> onTimeOut(OrderProcessState state) {
    return switch (state.at()) {
      case AWAITING_PAYMENT -> undo(state, Undo.RESERVATION_EXPIRED);
      case AWAITING_CAPTURE -> Decision.run(state.at(Step.SETTLING));
      case AWAITING_REFUND -> Decision.run(state.at(Step.COMPENSATING));
      case RESERVING, PAYING, COMMITTING, SETTLING, COMPENSATING -> Decision.ignore();
    };
  }

  private Decision<OrderProcessState> onGivenUp(OrderProcessState state) {
    return switch (state.at()) {
      case RESERVING, PAYING, COMMITTING, SETTLING ->
          undo(state, state.saw(Seen.CANCELLED) ? Undo.CANCELLED : Undo.ABANDONED);
      case AWAITING_PAYMENT, AWAITING_CAPTURE, COMPENSATING, AWAITING_REFUND -> Decision.ignore();
    };
  }

  private Decision<OrderProcessState> onOutcome(OrderProcessState state, OrderOutcome outcome) {
    return switch (state.at()) {
      case RESERVING -> reserved(state, outcome);
      case PAYING -> asked(state, outcome);
      case COMMITTING -> committed(state, outcome);
      case SETTLING ->
          outcome instanceof OrderOutcome.Settled settled
              ? settled(state, settled.status())
              : Decision.ignore();
      case COMPENSATING ->
          outcome instanceof OrderOutcome.GaveBack back
              ? gaveBack(state, back.status())
              : Decision.ignore();
      case AWAITING_PAYMENT, AWAITING_CAPTURE, AWAITING_REFUND -> Decision.ignore();
    };
  }

  private Decision<OrderProcessState> reserved(OrderProcessState state, OrderOutcome outcome) {
    return switch (outcome) {
      case OrderOutcome.AllReserved all -> held(state.withLines(all.lines(), all.expiresAt()));
      case OrderOutcome.FoundUnderWay found -> {
        OrderProcessState held = state.withLines(found.lines(), found.expiresAt());
        if (found.status() == OrderStatus.RESERVED) {
          yield held(held.perhapsPaid());
        }
        if (found.status() == OrderStatus.CANCELLED) {
          yield undo(held.perhapsSettled(), Undo.CANCELLED);
        }
        OrderProcessState committed = held.at(Step.SETTLING);
        yield state.saw(Seen.CANCELLED) ? undo(committed, Undo.CANCELLED) : Decision.run(committed);
      }
      case OrderOutcome.OutOfStock out ->
          Decision.run(
              state
                  .withLines(out.lines(), null)
                  .undoing(
                      state.saw(Seen.CANCELLED) ? Undo.CANCELLED : Undo.OUT_OF_STOCK,
                      out.shortages()));
      case OrderOutcome.ReservationEnded ended ->
          switch (ended.status()) {
            case CONFIRMED, SHIPPED, DELIVERED -> Decision.end("done-before");
            case CANCELLED -> undo(state, Undo.CANCELLED);
            case PLACED, RESERVED, REJECTED ->
                undo(
                    state.perhapsPaid(),
                    state.saw(Seen.CANCELLED) ? Undo.CANCELLED : Undo.RESERVATION_EXPIRED);
          };
      default -> Decision.ignore();
    };
  }

  private static Decision<OrderProcessState> held(OrderProcessState state) {
    if (state.saw(Seen.CANCELLED)) {
      return undo(state, Undo.CANCELLED);
    }
    return state.saw(Seen.EXPIRED)
        ? undo(state, Undo.RESERVATION_EXPIRED)
        : Decision.run(state.at(Step.PAYING));
  }

  private Decision<OrderProcessState> asked(OrderProcessState state, OrderOutcome outcome) {
    return switch (outcome) {
      case OrderOutcome.NothingToPay nothing -> {
        if (state.saw(Seen.CANCELLED)) {
          yield undo(state, Undo.CANCELLED);
        }
        yield state.saw(Seen.EXPIRED)
            ? undo(state, Undo.RESERVATION_EXPIRED)
            : Decision.run(state.at(Step.COMMITTING));
      }
      case OrderOutcome.PaymentAsked asked ->
          goOn(withPayment(state, asked.status()).at(Step.AWAITING_PAYMENT), false);
      case OrderOutcome.OrderSays says ->
          isOff(says.status())
              ? undo(state, Undo.CANCELLED)
              : Decision.run(state.at(Step.COMMITTING));
      default -> Decision.ignore();
    };
  }

  private Decision<OrderProcessState> committed(OrderProcessState state, OrderOutcome outcome) {
    return switch (outcome) {
      case OrderOutcome.CommitRefused refused -> undo(state, Undo.RESERVATION_EXPIRED);
      case OrderOutcome.Confirmed confirmed -> {
        OrderProcessState known = state.withUnitsCommitted();
        yield state.saw(Seen.CANCELLED)
            ? undo(known, Undo.CANCELLED)
            : Decision.run(known.at(Step.SETTLING));
      }
      case OrderOutcome.OrderSays says when isOff(says.status()) ->
          undo(state.withUnitsCommitted(), Undo.CANCELLED);
      default -> Decision.ignore();
    };
  }

  private Decision<OrderProcessState> settled(OrderProcessState state, PaymentStatus status) {
    if (status == null) {
      return state.saw(Seen.CANCELLED) ? undo(state, Undo.CANCELLED) : Decision.end("confirmed");
    }
    return goOn(withPayment(state, status).at(Step.AWAITING_CAPTURE), false);
  }

  private Decision<OrderProcessState> gaveBack(OrderProcessState state, PaymentStatus status) {
    return status == null
        ? Decision.end(state.undo().text())
        : goOn(withPayment(state, status).at(Step.AWAITING_REFUND), false);
  }

  /** A payment's status says the same as the event that made it so. */
  private static OrderProcessState withPayment(OrderProcessState state, PaymentStatus status) {
    return switch (status) {
      case REQUESTED, PENDING, ABANDONED -> state;
      case AUTHORISED, CAPTURING -> state.with(Seen.AUTHORISED);
      case CAPTURED -> state.with(Seen.AUTHORISED).with(Seen.CAPTURED);
      case DECLINED -> state.with(Seen.DECLINED);
      case VOIDED, REFUNDED -> state.with(Seen.GIVEN_BACK);
    };
  }

  /**
   * Goes on from a waiting step if something was seen that decides it, and else waits.
   *
   * @param waitsAlready whether the instance was waiting in this step before; then its time stands
   */
  private Decision<OrderProcessState> goOn(OrderProcessState state, boolean waitsAlready) {
    switch (state.at()) {
      case AWAITING_PAYMENT -> {
        if (state.saw(Seen.CANCELLED)) {
          return undo(state, Undo.CANCELLED);
        }
        if (state.saw(Seen.DECLINED)) {
          return undo(state, Undo.PAYMENT_DECLINED);
        }
        if (state.saw(Seen.EXPIRED) || state.saw(Seen.GIVEN_BACK)) {
          return undo(state, Undo.RESERVATION_EXPIRED);
        }
        if (state.saw(Seen.AUTHORISED)) {
          return Decision.run(state.at(Step.COMMITTING));
        }
        return waitsAlready
            ? Decision.note(state)
            : Decision.awaitUntil(state, state.expiresAt().plus(paymentGrace));
      }
      case AWAITING_CAPTURE -> {
        if (state.saw(Seen.CANCELLED)) {
          return undo(state, Undo.CANCELLED);
        }
        if (state.saw(Seen.CAPTURED)) {
          return Decision.end("confirmed");
        }
      }
      case AWAITING_REFUND -> {
        if (state.saw(Seen.GIVEN_BACK) || state.saw(Seen.DECLINED)) {
          return Decision.end(state.undo().text());
        }
      }
      case RESERVING, PAYING, COMMITTING, SETTLING, COMPENSATING ->
          throw new IllegalStateException(state.step() + " does not wait");
    }
    return waitsAlready ? Decision.note(state) : Decision.awaitFor(state, ASK_AGAIN);
  }

  private static boolean isOff(OrderStatus status) {
    return status == OrderStatus.CANCELLED || status == OrderStatus.REJECTED;
  }

  private static Decision<OrderProcessState> undo(OrderProcessState state, Undo why) {
    return Decision.run(state.undoing(why, List.of()));
  }

  @Override
  public CompletableFuture<OrderOutcome> perform(OrderProcessState state) {
    return switch (state.at()) {
      case RESERVING -> effects.reserve(state);
      case PAYING -> effects.pay(state);
      case COMMITTING -> effects.commit(state);
      case SETTLING -> effects.settle(state);
      case COMPENSATING -> effects.compensate(state);
      case AWAITING_PAYMENT, AWAITING_CAPTURE, AWAITING_REFUND ->
          throw new IllegalStateException(state.step() + " has no effect");
    };
  }
}
