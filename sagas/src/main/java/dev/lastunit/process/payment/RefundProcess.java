package dev.lastunit.process.payment;

import dev.lastunit.payment.api.PaymentCommand.RecordRefund;
import dev.lastunit.payment.api.PaymentCommand.RecordRefundFailure;
import dev.lastunit.payment.api.PaymentCommand.RecordRefundTotal;
import dev.lastunit.payment.api.PaymentEvent.RefundRequested;
import dev.lastunit.process.engine.CommandSender;
import dev.lastunit.process.engine.Decision;
import dev.lastunit.process.engine.ProcessDefinition;
import dev.lastunit.process.engine.Stimulus;
import dev.lastunit.process.engine.Stimulus.Happened;
import dev.lastunit.process.engine.StuckException;
import dev.lastunit.process.payment.PaymentProvider.Answer;
import dev.lastunit.process.payment.PaymentProvider.Charge;
import dev.lastunit.shared.api.Event;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

/**
 * Brings one refund of a payment to the provider. An instance is named after its refund.
 *
 * <p>The provider is asked what it has given back before it is asked to give back, each time: so an
 * outcome that is not known is found out, and no refund is made twice even by a provider that has
 * forgotten the key. A refund that the provider refuses is recorded as failed, and parked: an
 * operator may have it tried again.
 *
 * <table>
 * <caption>Step, stimulus, what comes next</caption>
 * <tr><th>step</th><th>stimulus</th><th>next</th></tr>
 * <tr><td>(none)</td><td>RefundRequested</td><td>REFUNDING</td></tr>
 * <tr><td>REFUNDING</td><td>effect: refunds, refund unless it is among them, RecordRefund</td>
 *   <td>end</td></tr>
 * </table>
 *
 * Everything else changes nothing.
 */
final class RefundProcess implements ProcessDefinition<RefundProcessState> {

  /** The money is back, and the payment was told. */
  record Refunded() implements Stimulus.Outcome {}

  private final PaymentReports reports;
  private final PaymentProvider provider;

  RefundProcess(CommandSender sender, PaymentProvider provider) {
    this.reports = new PaymentReports(sender);
    this.provider = provider;
  }

  @Override
  public String name() {
    return "refund";
  }

  @Override
  public Class<RefundProcessState> stateType() {
    return RefundProcessState.class;
  }

  @Override
  public Set<Class<? extends Event>> concerns() {
    return Set.of(RefundRequested.class);
  }

  @Override
  public String instanceOf(Event event) {
    return event instanceof RefundRequested requested ? requested.refundId().value() : null;
  }

  @Override
  public boolean isFirst(Event event) {
    return event instanceof RefundRequested;
  }

  @Override
  public Decision<RefundProcessState> decide(RefundProcessState state, Stimulus stimulus) {
    if (state == null) {
      return stimulus instanceof Happened(RefundRequested requested, _)
          ? Decision.run(RefundProcessState.of(requested))
          : Decision.ignore();
    }
    return stimulus instanceof Refunded ? Decision.end("refunded") : Decision.ignore();
  }

  @Override
  public CompletableFuture<Refunded> perform(RefundProcessState refund) {
    return provider
        .refunds(refund.chargeId())
        .thenCompose(
            made ->
                made.stream().anyMatch(one -> refund.refundId().value().equals(one.key()))
                    ? record(refund)
                    : refund(refund));
  }

  private CompletableFuture<Refunded> refund(RefundProcessState refund) {
    return provider
        .refund(refund.refundId().value(), refund.chargeId(), refund.amount())
        .thenCompose(
            answer ->
                switch (answer) {
                  case Answer.Known known -> record(refund);
                  case Answer.Refused(String code) -> refused(refund, code);
                  case Answer.Unknown unknown ->
                      throw new IllegalStateException(
                          "The refund's outcome is not known: " + unknown.cause());
                });
  }

  private CompletableFuture<Refunded> record(RefundProcessState refund) {
    return reports
        .tell(
            new RecordRefund(
                refund.paymentId(), refund.chargeId(), refund.refundId(), refund.amount()))
        .thenApply(status -> new Refunded());
  }

  /** Nothing is left to give back when everything went back by other means. */
  private CompletableFuture<Refunded> refused(RefundProcessState refund, String code) {
    return provider
        .find(refund.orderId().value())
        .thenCompose(
            charges ->
                isAllBack(charges, refund.chargeId())
                    ? reports
                        .tell(
                            new RecordRefundTotal(
                                refund.paymentId(),
                                refund.chargeId(),
                                charge(charges, refund.chargeId()).captured()))
                        .thenApply(status -> new Refunded())
                    : reports
                        .tell(new RecordRefundFailure(refund.paymentId(), refund.refundId(), code))
                        .thenApply(
                            status -> {
                              throw new StuckException("The provider refused the refund: " + code);
                            }));
  }

  private static boolean isAllBack(List<Charge> charges, String chargeId) {
    Charge charge = charge(charges, chargeId);
    return charge != null
        && charge.captured().amount() > 0
        && charge.captured().equals(charge.refunded());
  }

  private static Charge charge(List<Charge> charges, String chargeId) {
    return charges.stream()
        .filter(charge -> charge.chargeId().equals(chargeId))
        .findFirst()
        .orElse(null);
  }
}
