package dev.lastunit.process.payment;

import dev.lastunit.payment.api.PaymentEvent.RefundRequested;
import dev.lastunit.process.engine.ProcessState;
import dev.lastunit.shared.api.Money;
import dev.lastunit.shared.api.OrderId;
import dev.lastunit.shared.api.PaymentId;
import dev.lastunit.shared.api.RefundId;

/**
 * A refund on its way to the provider.
 *
 * @param refundId also the key under which the provider is asked
 */
record RefundProcessState(
    PaymentId paymentId, OrderId orderId, RefundId refundId, String chargeId, Money amount)
    implements ProcessState {

  static RefundProcessState of(RefundRequested event) {
    return new RefundProcessState(
        event.paymentId(), event.orderId(), event.refundId(), event.chargeId(), event.amount());
  }

  @Override
  public String step() {
    return "REFUNDING";
  }

  @Override
  public boolean active() {
    return true;
  }
}
