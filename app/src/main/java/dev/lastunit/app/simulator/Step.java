package dev.lastunit.app.simulator;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a request wants to have written into the books. A value; checked as far as it can be. */
sealed interface Step {

  /** The idempotency key; null when each request is a step of its own. */
  @Nullable String key();

  /** By which the key's request is recognised; null exactly when there is no key. */
  @Nullable String fingerprint();

  /**
   * What a step did.
   *
   * @param charge the charge right after the step, also when the step was long ago
   * @param replayed whether the step had been made by an earlier request with the same key
   * @param webhooks whether the step has webhooks to send
   */
  record Outcome(Charge charge, boolean replayed, boolean webhooks) {}

  /**
   * A new charge.
   *
   * @param request whose token records something
   */
  record Opening(ChargeRequest request, @Nullable String key, @Nullable String fingerprint)
      implements Step {

    Opening(ChargeRequest request, @Nullable String key) {
      this(request, key, key == null ? null : request.fingerprint());
    }

    /** What the new charge is. */
    ChargeStatus status() {
      var first = request.token().firstStatus().orElseThrow();
      return first == ChargeStatus.AUTHORISED && request.capture() ? ChargeStatus.CAPTURED : first;
    }
  }

  /**
   * A move of a charge that exists, or does not.
   *
   * @param amount minor units; null for all there is
   */
  record Moving(
      String chargeId,
      Move move,
      @Nullable Long amount,
      @Nullable String key,
      @Nullable String fingerprint)
      implements Step {

    Moving(String chargeId, Move move, @Nullable Long amount, @Nullable String key) {
      this(
          chargeId,
          move,
          amount,
          key,
          key == null ? null : ChargeRequest.fingerprint(move, chargeId, amount));
    }

    /** Why the move is not possible for the charge as it is; null when it is possible. */
    @Nullable Refusal refusal(Charge charge) {
      return switch (move) {
        case CAPTURE -> {
          if (charge.status() != ChargeStatus.AUTHORISED) {
            yield Refusal.impossible(move, charge);
          }
          yield amount != null && amount > charge.amount()
              ? Refusal.tooMuch(move, charge.amount())
              : null;
        }
        case REFUND -> {
          if (charge.status() != ChargeStatus.CAPTURED) {
            yield Refusal.impossible(move, charge);
          }
          var left = charge.amountCaptured() - charge.amountRefunded();
          yield amount != null && amount > left ? Refusal.tooMuch(move, left) : null;
        }
        case VOID -> {
          if (charge.status() != ChargeStatus.PENDING
              && charge.status() != ChargeStatus.AUTHORISED) {
            yield Refusal.impossible(move, charge);
          }
          yield amount != null
              ? Refusal.invalid(
                  List.of(new Refusal.Violation("amount", "a charge is voided as a whole")))
              : null;
        }
      };
    }
  }
}
