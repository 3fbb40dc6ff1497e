package dev.lastunit.process.payment;

import dev.lastunit.shared.api.Money;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * What the payment process asks of a payment provider. A provider is somebody else's service: it
 * may answer late, twice, never, or with a fault, and the answer may be lost on the way.
 *
 * <p>Threads: no method blocks. Errors: what the provider answers is a value; what is not known is
 * a value too ({@link Answer.Unknown}). Money is in minor units. Implementations must not log
 * tokens.
 */
public interface PaymentProvider {

  /** Fixed word by which payments name their provider. */
  String name();

  /**
   * Asks for money to be held. The same key never holds it twice.
   *
   * @param key idempotency key, 1 to 255 visible ASCII characters
   * @param reference by which {@link #find} finds the charge
   * @param token the provider's token for the means of payment
   */
  CompletableFuture<Answer> authorise(String key, String reference, Money amount, String token);

  /**
   * All charges that were made under a reference. Fails when that cannot be found out now; asking
   * again is always safe.
   */
  CompletableFuture<List<Charge>> find(String reference);

  /**
   * A part of all charges that were made in a time, ours or not, whatever became of them. In no
   * promised order; with the cursors followed to the end, every charge that was there when the
   * first part was asked for comes once. Fails when that cannot be found out now; asking again,
   * also with the same cursor, is always safe.
   *
   * @param from made at this instant or later, by the provider's clock; providers may know whole
   *     seconds only, so charges of a second that the bounds cut may come in both neighbouring
   *     times, and never in neither
   * @param to made before this instant
   * @param cursor the {@code next} of the part before; null for the first part
   */
  CompletableFuture<ChargePage> list(Instant from, Instant to, String cursor);

  /** Takes what is held. */
  CompletableFuture<Answer> capture(String key, String chargeId, Money amount);

  /** Lets go of what is held or not decided yet. */
  CompletableFuture<Answer> voidCharge(String key, String chargeId);

  /**
   * Gives money back that was taken, all of it or a part. The same key never gives back twice, and
   * is what {@link #refunds} tells of it.
   *
   * @return known once the money is given back or certainly will be; the charge is as it is then
   */
  CompletableFuture<Answer> refund(String key, String chargeId, Money amount);

  /**
   * What was given back of a charge, refund by refund, also by other hands than ours. Fails when
   * that cannot be found out now; asking again is always safe.
   */
  CompletableFuture<List<Refund>> refunds(String chargeId);

  /** What came of a call. */
  sealed interface Answer {

    /** The provider has the charge, and this is how it stands. */
    record Known(Charge charge) implements Answer {}

    /**
     * The provider certainly did nothing.
     *
     * @param code its reason, a short word
     */
    record Refused(String code) implements Answer {}

    /**
     * Nobody knows.
     *
     * @param silent true when the request may still be on its way or being worked on: then only
     *     asking for the reference helps, and that not at once. False when the provider answered
     *     with a fault or was never reached: the same request may be sent again with the same key.
     * @param cause a short word for metrics
     */
    record Unknown(boolean silent, String cause) implements Answer {}
  }

  /** How a charge stands. */
  enum ChargeStatus {
    PENDING,
    AUTHORISED,
    CAPTURED,
    DECLINED,
    VOIDED,
    REFUNDED
  }

  /**
   * A charge as the provider has it.
   *
   * @param captured what was taken
   * @param refunded what was given back of it
   * @param declineCode null unless declined
   */
  record Charge(
      String chargeId,
      ChargeStatus status,
      Money amount,
      Money captured,
      Money refunded,
      String declineCode) {}

  /**
   * A charge in a list of many.
   *
   * @param reference under which it was made; empty when there is none
   * @param madeAt when it was made, by the provider's clock
   */
  record ListedCharge(String reference, Instant madeAt, Charge charge) {}

  /**
   * A part of a list.
   *
   * @param charges at most 100; may be empty also when more follow
   * @param next cursor of the next part; null on the last
   */
  record ChargePage(List<ListedCharge> charges, String next) {

    /** Copies the charges. */
    public ChargePage {
      charges = List.copyOf(charges);
    }
  }

  /**
   * A refund that the provider has made or certainly will make.
   *
   * @param key under which it was asked for; null when it was made by other hands
   */
  record Refund(String key, Money amount) {}
}
