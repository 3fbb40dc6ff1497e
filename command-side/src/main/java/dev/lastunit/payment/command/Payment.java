package dev.lastunit.payment.command;

import dev.lastunit.payment.api.PaymentCommand;
import dev.lastunit.payment.api.PaymentCommand.AbandonPayment;
import dev.lastunit.payment.api.PaymentCommand.RecordAuthorisation;
import dev.lastunit.payment.api.PaymentCommand.RecordCapture;
import dev.lastunit.payment.api.PaymentCommand.RecordDecline;
import dev.lastunit.payment.api.PaymentCommand.RecordPending;
import dev.lastunit.payment.api.PaymentCommand.RecordRefund;
import dev.lastunit.payment.api.PaymentCommand.RecordRefundFailure;
import dev.lastunit.payment.api.PaymentCommand.RecordRefundTotal;
import dev.lastunit.payment.api.PaymentCommand.RecordVoid;
import dev.lastunit.payment.api.PaymentCommand.RequestCapture;
import dev.lastunit.payment.api.PaymentCommand.RequestPayment;
import dev.lastunit.payment.api.PaymentCommand.RequestRefund;
import dev.lastunit.payment.api.PaymentEvent;
import dev.lastunit.payment.api.PaymentStatus;
import dev.lastunit.payment.api.RefundStatus;
import dev.lastunit.shared.api.Result;
import org.axonframework.commandhandling.CommandHandler;
import org.axonframework.eventsourcing.EventSourcingHandler;
import org.axonframework.modelling.command.AggregateCreationPolicy;
import org.axonframework.modelling.command.AggregateIdentifier;
import org.axonframework.modelling.command.AggregateLifecycle;
import org.axonframework.modelling.command.CreationPolicy;

/**
 * The one payment of an order. Its invariant: one charge, 0 &lt;= refunded &lt;= captured &lt;=
 * requested, in one currency.
 *
 * <p>The stream has two to eight events, and two more for each refund. This class only ties {@link
 * PaymentRules} and {@link RefundRules} to Axon.
 */
final class Payment {

  @AggregateIdentifier private String stream;
  private PaymentFacts facts;

  /** For Axon, which replays the events or a snapshot into an empty instance. */
  Payment() {}

  @CommandHandler
  @CreationPolicy(AggregateCreationPolicy.CREATE_IF_MISSING)
  Result<PaymentStatus> handle(RequestPayment command) {
    return perform(command);
  }

  @CommandHandler
  Result<PaymentStatus> handle(RecordPending command) {
    return perform(command);
  }

  @CommandHandler
  Result<PaymentStatus> handle(RecordAuthorisation command) {
    return perform(command);
  }

  @CommandHandler
  Result<PaymentStatus> handle(RecordDecline command) {
    return perform(command);
  }

  @CommandHandler
  Result<PaymentStatus> handle(RequestCapture command) {
    return perform(command);
  }

  @CommandHandler
  Result<PaymentStatus> handle(RecordCapture command) {
    return perform(command);
  }

  @CommandHandler
  @CreationPolicy(AggregateCreationPolicy.CREATE_IF_MISSING)
  Result<PaymentStatus> handle(AbandonPayment command) {
    return perform(command);
  }

  @CommandHandler
  Result<PaymentStatus> handle(RecordVoid command) {
    return perform(command);
  }

  @CommandHandler
  Result<PaymentStatus> handle(RecordRefund command) {
    return perform(command);
  }

  @CommandHandler
  Result<PaymentStatus> handle(RecordRefundFailure command) {
    return perform(command);
  }

  @CommandHandler
  Result<PaymentStatus> handle(RecordRefundTotal command) {
    return perform(command);
  }

  @CommandHandler
  Result<RefundStatus> handle(RequestRefund command) {
    return record(RefundRules.request(facts, command));
  }

  private Result<PaymentStatus> perform(PaymentCommand<PaymentStatus> command) {
    return record(PaymentRules.decide(facts, command));
  }

  private static <R> Result<R> record(PaymentDecision<R> decision) {
    decision.events().forEach(AggregateLifecycle::apply);
    return decision.result();
  }

  @EventSourcingHandler
  void on(PaymentEvent event) {
    stream = event.paymentId().stream();
    facts = PaymentRules.evolve(facts, event);
  }
}
