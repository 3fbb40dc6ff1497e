package dev.lastunit.process.payment;

import dev.lastunit.payment.api.PaymentEvent;
import dev.lastunit.payment.api.PaymentEvent.PaymentRequested;
import dev.lastunit.process.engine.ProcessState;
import dev.lastunit.shared.api.Money;
import dev.lastunit.shared.api.OrderId;
import dev.lastunit.shared.api.PaymentId;
import java.util.EnumSet;
import java.util.Set;

/**
 * Where one payment is with its provider.
 *
 * @param amount null when the process began with a capture or an abandonment, like {@code token}
 * @param chargeId null as long as the provider has not named it
 * @param repost whether the request that is asked about may be sent again: the provider answered
 *     with a fault or was never reached
 * @param posts how often the request was sent again
 * @param asks how often the provider was asked after it had been silent
 * @param polls how often a pending charge was asked for
 * @param lateChecks how often a payment that came to nothing was looked at again
 * @param declineCode why it is being declined; null unless it is
 * @param seen facts that came so far; never null
 */
record PaymentProcessState(
    Step at,
    PaymentId paymentId,
    OrderId orderId,
    Money amount,
    String token,
    String chargeId,
    boolean repost,
    int posts,
    int asks,
    int polls,
    int lateChecks,
    String declineCode,
    Set<Seen> seen)
    implements ProcessState {

  /** The steps; see {@link PaymentProcess} for what each does. */
  enum Step {
    AUTHORISING(true),
    ASKING(true),
    PENDING(false),
    POLLING(true),
    AUTHORISED(false),
    CAPTURING(true),
    DECLINING(true),
    UNDOING(true),
    WATCHING(false);

    private final boolean active;

    Step(boolean active) {
      this.active = active;
    }

    boolean isActive() {
      return active;
    }
  }

  /** Facts about the payment that count when the next outcome is decided. */
  enum Seen {
    AUTHORISED,
    DECLINED,
    CAPTURE_REQUESTED,
    CAPTURED,
    ABANDONED,
    /** Voided or refunded. */
    GIVEN_BACK
  }

  PaymentProcessState {
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

  static PaymentProcessState requested(PaymentRequested event) {
    return new PaymentProcessState(
        Step.AUTHORISING,
        event.paymentId(),
        event.orderId(),
        event.amount(),
        event.token(),
        null,
        false,
        0,
        0,
        0,
        0,
        null,
        Set.of());
  }

  /** A payment that is known by its order alone; the provider is asked for the rest. */
  static PaymentProcessState known(PaymentEvent event, Step at, Seen fact) {
    return new PaymentProcessState(
        at,
        event.paymentId(),
        event.orderId(),
        null,
        null,
        null,
        false,
        0,
        0,
        0,
        0,
        null,
        Set.of(fact));
  }

  PaymentProcessState at(Step next) {
    return copy(next, chargeId, repost, posts, asks, polls, lateChecks, declineCode, seen);
  }

  PaymentProcessState charge(String id) {
    return id == null
        ? this
        : copy(at, id, repost, posts, asks, polls, lateChecks, declineCode, seen);
  }

  PaymentProcessState repost(boolean allowed) {
    return copy(at, chargeId, allowed, posts, asks, polls, lateChecks, declineCode, seen);
  }

  PaymentProcessState postedAgain() {
    return copy(at, chargeId, repost, posts + 1, asks, polls, lateChecks, declineCode, seen);
  }

  PaymentProcessState askedAgain() {
    return copy(at, chargeId, repost, posts, asks + 1, polls, lateChecks, declineCode, seen);
  }

  PaymentProcessState polledAgain() {
    return copy(at, chargeId, repost, posts, asks, polls + 1, lateChecks, declineCode, seen);
  }

  PaymentProcessState checkedLate() {
    return copy(at, chargeId, repost, posts, asks, polls, lateChecks + 1, declineCode, seen);
  }

  PaymentProcessState declining(String code) {
    return copy(Step.DECLINING, chargeId, repost, posts, asks, polls, lateChecks, code, seen);
  }

  PaymentProcessState with(Seen fact) {
    if (saw(fact)) {
      return this;
    }
    Set<Seen> more = EnumSet.of(fact);
    more.addAll(seen);
    return copy(at, chargeId, repost, posts, asks, polls, lateChecks, declineCode, more);
  }

  private PaymentProcessState copy(
      Step step,
      String charge,
      boolean mayRepost,
      int postCount,
      int askCount,
      int pollCount,
      int lateCount,
      String code,
      Set<Seen> facts) {
    return new PaymentProcessState(
        step, paymentId, orderId, amount, token, charge, mayRepost, postCount, askCount, pollCount,
        lateCount, code, facts);
  }

  /** Without the token, which does not belong into logs. */
  @Override
  public String toString() {
    return "PaymentProcessState[" + paymentId + " " + at + " " + seen + "]";
  }
}
