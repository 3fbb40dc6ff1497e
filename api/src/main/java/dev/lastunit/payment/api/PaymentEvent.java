package dev.lastunit.payment.api;

import dev.lastunit.shared.api.CustomerId;
import dev.lastunit.shared.api.Event;
import dev.lastunit.shared.api.Money;
import dev.lastunit.shared.api.OrderId;
import dev.lastunit.shared.api.PaymentId;
import dev.lastunit.shared.api.PersonalData;
import dev.lastunit.shared.api.RefundId;
import org.axonframework.serialization.Revision;

/**
 * What happened to the one payment of an order. Published by the Payment aggregate, in order for
 * each payment.
 */
public sealed interface PaymentEvent extends Event {

  PaymentId paymentId();

  OrderId orderId();

  /** The money is to be authorised. */
  @Revision("1")
  record PaymentRequested(
      PaymentId paymentId,
      OrderId orderId,
      CustomerId customerId,
      Money amount,
      String method,
      @PersonalData String token,
      String provider)
      implements PaymentEvent {}

  /** The provider has the charge and has not decided. */
  @Revision("1")
  record PaymentPending(PaymentId paymentId, OrderId orderId, String chargeId)
      implements PaymentEvent {}

  /** The provider holds the money. */
  @Revision("1")
  record PaymentAuthorised(PaymentId paymentId, OrderId orderId, String chargeId, Money amount)
      implements PaymentEvent {}

  /** The provider said no, or certainly has no charge. */
  @Revision("1")
  record PaymentDeclined(PaymentId paymentId, OrderId orderId, String code)
      implements PaymentEvent {}

  /** The authorised money is to be taken. */
  @Revision("1")
  record PaymentCaptureRequested(PaymentId paymentId, OrderId orderId) implements PaymentEvent {}

  /** The money was taken. */
  @Revision("1")
  record PaymentCaptured(PaymentId paymentId, OrderId orderId, String chargeId, Money amount)
      implements PaymentEvent {}

  /** The order came to nothing: what is held or taken goes back. */
  @Revision("1")
  record PaymentAbandoned(PaymentId paymentId, OrderId orderId, String reason)
      implements PaymentEvent {}

  /** Nothing is held any more, and nothing was taken. */
  @Revision("1")
  record PaymentVoided(PaymentId paymentId, OrderId orderId) implements PaymentEvent {}

  /** A part of the taken money, or all of it, is to be given back. */
  @Revision("1")
  record RefundRequested(
      PaymentId paymentId,
      OrderId orderId,
      RefundId refundId,
      String chargeId,
      Money amount,
      String reason)
      implements PaymentEvent {}

  /**
   * Money was given back.
   *
   * @param refundId the refund that asked for it; null when none did: the order came to nothing, or
   *     somebody gave it back at the provider. Events of the first revision have none
   */
  @Revision("2")
  record PaymentRefunded(
      PaymentId paymentId, OrderId orderId, String chargeId, Money amount, RefundId refundId)
      implements PaymentEvent {}

  /** The provider said no to a refund; nothing was given back by it so far. */
  @Revision("1")
  record RefundFailed(PaymentId paymentId, OrderId orderId, RefundId refundId, String code)
      implements PaymentEvent {}
}
