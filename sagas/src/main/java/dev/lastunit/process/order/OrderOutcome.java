package dev.lastunit.process.order;

import dev.lastunit.ordering.api.OrderStatus;
import dev.lastunit.ordering.api.Shortage;
import dev.lastunit.payment.api.PaymentStatus;
import dev.lastunit.process.engine.Stimulus;
import dev.lastunit.process.order.OrderProcessState.Line;
import java.time.Instant;
import java.util.List;

/** What the order process's effects come to. */
sealed interface OrderOutcome extends Stimulus.Outcome {

  /** Every line is held until {@code expiresAt}, the earliest of them. */
  record AllReserved(List<Line> lines, Instant expiresAt) implements OrderOutcome {}

  /**
   * Some lines could not be held.
   *
   * @param lines all lines with what is known about each
   */
  record OutOfStock(List<Line> lines, List<Shortage> shortages) implements OrderOutcome {}

  /**
   * A reservation of this order has come to an end already.
   *
   * @param status what the order itself says
   */
  record ReservationEnded(OrderStatus status) implements OrderOutcome {}

  /**
   * The process had got further with this order before.
   *
   * @param status what the order itself says: reserved, confirmed, shipped, or cancelled after that
   * @param lines with what is held or was committed
   * @param expiresAt null once cancelled
   */
  record FoundUnderWay(OrderStatus status, List<Line> lines, Instant expiresAt)
      implements OrderOutcome {}

  /** The payment was asked for, and this is what is known of it. */
  record PaymentAsked(PaymentStatus status) implements OrderOutcome {}

  /** There is nothing to pay. */
  record NothingToPay() implements OrderOutcome {}

  /** The order does not take what it was told, because it is in this state. */
  record OrderSays(OrderStatus status) implements OrderOutcome {}

  /** Some reservation ended before it was committed. */
  record CommitRefused() implements OrderOutcome {}

  /** Every unit is committed, and the order confirmed. */
  record Confirmed() implements OrderOutcome {}

  /**
   * Shipments are prepared and the money is asked for.
   *
   * @param status of the payment; null when there is nothing to pay
   */
  record Settled(PaymentStatus status) implements OrderOutcome {}

  /**
   * Everything is given back, and the order says so.
   *
   * @param status of the payment; null when there is none
   */
  record GaveBack(PaymentStatus status) implements OrderOutcome {}
}
