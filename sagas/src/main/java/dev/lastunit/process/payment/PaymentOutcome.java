package dev.lastunit.process.payment;

import dev.lastunit.payment.api.PaymentStatus;
import dev.lastunit.process.engine.Stimulus;
import dev.lastunit.process.payment.PaymentProvider.ChargeStatus;

/** What the payment process's effects come to. */
sealed interface PaymentOutcome extends Stimulus.Outcome {

  /**
   * The provider said how the charge stands, and the payment was told.
   *
   * @param charge what the provider says
   * @param chargeId null when it declined without naming a charge
   * @param payment what the payment is now
   */
  record Reported(ChargeStatus charge, String chargeId, PaymentStatus payment)
      implements PaymentOutcome {}

  /**
   * Whether the provider has a charge is not known.
   *
   * @param repost whether the request may be sent again with the same key
   */
  record Unanswered(boolean repost) implements PaymentOutcome {}

  /** The provider has no charge under the reference. */
  record NothingFound() implements PaymentOutcome {}

  /** The payment was told that it is declined. */
  record DeclineReported(PaymentStatus payment) implements PaymentOutcome {}

  /** The money was taken, and the payment was told. */
  record CaptureReported(PaymentStatus payment) implements PaymentOutcome {}

  /**
   * The provider holds nothing, and the payment was told.
   *
   * @param found whether there was any charge
   */
  record Undone(boolean found) implements PaymentOutcome {}
}
