package dev.lastunit.process.order;

import dev.lastunit.ordering.api.OrderEvent.OrderCancelled;
import dev.lastunit.ordering.api.OrderEvent.OrderPlaced;
import dev.lastunit.ordering.api.OrderStatus;
import dev.lastunit.ordering.api.RejectionReason;
import dev.lastunit.ordering.api.Shortage;
import dev.lastunit.process.engine.ProcessState;
import dev.lastunit.shared.api.Allocation;
import dev.lastunit.shared.api.CartId;
import dev.lastunit.shared.api.CustomerId;
import dev.lastunit.shared.api.Money;
import dev.lastunit.shared.api.OrderId;
import dev.lastunit.shared.api.Sku;
import java.time.Instant;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * Where one order is. The components hold what the effects need and nothing else.
 *
 * @param customerId null when the process began with the cancellation of a finished order, like all
 *     components up to {@code token}
 * @param cartId null also when the order came without a cart
 * @param lines one for each SKU, up to 2,000
 * @param expiresAt when the first reservation ends; null before all are made
 * @param paymentPossible whether a payment may have been asked for
 * @param committed whether every unit was committed
 * @param settling whether shipments may have been prepared
 * @param undo why everything is given back; null unless it is
 * @param shortages what was missing; empty unless out of stock
 * @param seen facts that came so far and still matter; never null
 * @param perhapsBefore whether the process may have taken this order further before and have lost
 *     its memory; then the first step asks the order
 */
record OrderProcessState(
    Step at,
    OrderId orderId,
    CustomerId customerId,
    CartId cartId,
    String fingerprint,
    Money total,
    String method,
    String token,
    List<Line> lines,
    Instant expiresAt,
    boolean paymentPossible,
    boolean committed,
    boolean settling,
    Undo undo,
    List<Shortage> shortages,
    Set<Seen> seen,
    boolean perhapsBefore)
    implements ProcessState {

  /** The steps; see {@link OrderProcess} for what each does. */
  enum Step {
    RESERVING(true),
    PAYING(true),
    AWAITING_PAYMENT(false),
    COMMITTING(true),
    SETTLING(true),
    AWAITING_CAPTURE(false),
    COMPENSATING(true),
    AWAITING_REFUND(false);

    private final boolean active;

    Step(boolean active) {
      this.active = active;
    }

    boolean isActive() {
      return active;
    }
  }

  /** Facts that count when the next outcome is decided, or at once where nothing is under way. */
  enum Seen {
    AUTHORISED,
    DECLINED,
    CAPTURED,
    /** Voided or refunded. */
    GIVEN_BACK,
    EXPIRED,
    CANCELLED
  }

  /** Why an order is undone. */
  enum Undo {
    OUT_OF_STOCK(RejectionReason.OUT_OF_STOCK),
    PAYMENT_DECLINED(RejectionReason.PAYMENT_DECLINED),
    RESERVATION_EXPIRED(RejectionReason.RESERVATION_EXPIRED),
    /** Its buyer or an operator cancelled it. */
    CANCELLED(null),
    /** An operator gave the process up; the order is still to be cancelled. */
    ABANDONED(null);

    private final RejectionReason rejection;

    Undo(RejectionReason rejection) {
      this.rejection = rejection;
    }

    /** Null when the order is not rejected but cancelled. */
    RejectionReason rejection() {
      return rejection;
    }

    /** Word for the records of other contexts. */
    String text() {
      return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
  }

  /**
   * One SKU of the order.
   *
   * @param allocations where the units are held; null when it is not known whether they are, empty
   *     when they certainly are not
   */
  record Line(Sku sku, int quantity, List<Allocation> allocations) {
    /** As many units as are held or were committed. */
    static Line held(Sku sku, List<Allocation> allocations) {
      return new Line(sku, allocations.stream().mapToInt(Allocation::quantity).sum(), allocations);
    }

    boolean certainlyNotHeld() {
      return allocations != null && allocations.isEmpty();
    }
  }

  OrderProcessState {
    lines = lines == null ? List.of() : List.copyOf(lines);
    shortages = shortages == null ? List.of() : List.copyOf(shortages);
    seen = seen == null || seen.isEmpty() ? Set.of() : Set.copyOf(seen);
  }

  @Override
  public String step() {
    return at.name();
  }

  @Override
  public boolean active() {
    return at.isActive();
  }

  boolean saw(Seen fact) {
    return seen.contains(fact);
  }

  /** Whether there is nothing to pay, and so no payment. */
  boolean free() {
    return total != null && total.amount() == 0;
  }

  static OrderProcessState placed(OrderPlaced event, boolean perhapsBefore) {
    return new OrderProcessState(
        Step.RESERVING,
        event.orderId(),
        event.customerId(),
        event.cartId(),
        event.fingerprint(),
        event.total(),
        event.payment().method(),
        event.payment().token(),
        event.lines().stream().map(line -> new Line(line.sku(), line.quantity(), null)).toList(),
        null,
        false,
        false,
        false,
        null,
        List.of(),
        Set.of(),
        perhapsBefore);
  }

  /** The way back of an order that was finished when it was cancelled. */
  static OrderProcessState cancelled(OrderCancelled event) {
    return new OrderProcessState(
        Step.COMPENSATING,
        event.orderId(),
        null,
        null,
        null,
        null,
        null,
        null,
        event.reserved().stream().map(line -> Line.held(line.sku(), line.allocations())).toList(),
        null,
        true,
        event.cancelledFrom() == OrderStatus.CONFIRMED,
        event.cancelledFrom() == OrderStatus.CONFIRMED,
        Undo.CANCELLED,
        List.of(),
        Set.of(Seen.CANCELLED),
        false);
  }

  OrderProcessState at(Step next) {
    return new OrderProcessState(
        next,
        orderId,
        customerId,
        cartId,
        fingerprint,
        total,
        method,
        token,
        lines,
        expiresAt,
        paymentPossible || (next == Step.PAYING || next == Step.SETTLING) && !free(),
        committed || next == Step.SETTLING,
        settling || next == Step.SETTLING,
        undo,
        shortages,
        seen,
        perhapsBefore);
  }

  /** An earlier life of the process may have asked for the money. */
  OrderProcessState perhapsPaid() {
    return perhapsPaid(settling);
  }

  /**
   * An earlier life of the process may have asked for the money, committed units and prepared
   * shipments. Which units were committed is to be asked.
   */
  OrderProcessState perhapsSettled() {
    return perhapsPaid(true);
  }

  private OrderProcessState perhapsPaid(boolean perhapsSettling) {
    return new OrderProcessState(
        at,
        orderId,
        customerId,
        cartId,
        fingerprint,
        total,
        method,
        token,
        lines,
        expiresAt,
        !free(),
        committed,
        perhapsSettling,
        undo,
        shortages,
        seen,
        perhapsBefore);
  }

  /** Every unit was committed. */
  OrderProcessState withUnitsCommitted() {
    return new OrderProcessState(
        at,
        orderId,
        customerId,
        cartId,
        fingerprint,
        total,
        method,
        token,
        lines,
        expiresAt,
        paymentPossible,
        true,
        settling,
        undo,
        shortages,
        seen,
        perhapsBefore);
  }

  OrderProcessState withLines(List<Line> known, Instant expires) {
    return new OrderProcessState(
        at,
        orderId,
        customerId,
        cartId,
        fingerprint,
        total,
        method,
        token,
        known,
        expires,
        paymentPossible,
        committed,
        settling,
        undo,
        shortages,
        seen,
        perhapsBefore);
  }

  OrderProcessState with(Seen fact) {
    if (saw(fact)) {
      return this;
    }
    Set<Seen> more = EnumSet.of(fact);
    more.addAll(seen);
    return new OrderProcessState(
        at,
        orderId,
        customerId,
        cartId,
        fingerprint,
        total,
        method,
        token,
        lines,
        expiresAt,
        paymentPossible,
        committed,
        settling,
        undo,
        shortages,
        more,
        perhapsBefore);
  }

  OrderProcessState undoing(Undo why, List<Shortage> missing) {
    return new OrderProcessState(
        Step.COMPENSATING,
        orderId,
        customerId,
        cartId,
        fingerprint,
        total,
        method,
        token,
        lines,
        expiresAt,
        paymentPossible,
        committed,
        settling,
        why,
        missing,
        seen,
        perhapsBefore);
  }
}
