package dev.lastunit.operations.command;

import dev.lastunit.operations.api.OperatorCommand.RequestAbandonment;
import dev.lastunit.operations.api.OperatorCommand.RequestReconciliation;
import dev.lastunit.operations.api.OperatorCommand.RequestRetry;
import dev.lastunit.operations.api.OperatorEvent;
import dev.lastunit.operations.api.OperatorEvent.ParkedAbandonmentRequested;
import dev.lastunit.operations.api.OperatorEvent.ParkedRetryRequested;
import dev.lastunit.operations.api.OperatorEvent.ReconciliationRequested;
import dev.lastunit.shared.api.CommandId;
import dev.lastunit.shared.api.Result;
import java.util.ArrayDeque;
import java.util.Deque;
import org.axonframework.commandhandling.CommandHandler;
import org.axonframework.eventsourcing.EventSourcingHandler;
import org.axonframework.modelling.command.AggregateCreationPolicy;
import org.axonframework.modelling.command.AggregateIdentifier;
import org.axonframework.modelling.command.AggregateLifecycle;
import org.axonframework.modelling.command.CreationPolicy;

/**
 * What operators decided about one thing. Its invariant: a decision is recorded once, however often
 * it is reported.
 *
 * <p>The stream has as many events as there were decisions, most often one.
 */
final class OperatorActions {

  /** Decisions that are remembered; the repeat of an older one is recorded again. */
  static final int REMEMBERED = 64;

  @AggregateIdentifier private String stream;
  private final Deque<CommandId> decisions = new ArrayDeque<>();

  /** For Axon, which replays the events into an empty instance. */
  OperatorActions() {}

  @CommandHandler
  @CreationPolicy(AggregateCreationPolicy.CREATE_IF_MISSING)
  Result<Void> handle(RequestRetry command) {
    return record(
        command.commandId(),
        new ParkedRetryRequested(command.parkedId(), command.commandId(), command.operator()));
  }

  @CommandHandler
  @CreationPolicy(AggregateCreationPolicy.CREATE_IF_MISSING)
  Result<Void> handle(RequestAbandonment command) {
    return record(
        command.commandId(),
        new ParkedAbandonmentRequested(
            command.parkedId(), command.commandId(), command.operator()));
  }

  @CommandHandler
  @CreationPolicy(AggregateCreationPolicy.CREATE_IF_MISSING)
  Result<Void> handle(RequestReconciliation command) {
    return record(
        new CommandId(command.reconciliationId().value()),
        new ReconciliationRequested(
            command.reconciliationId(), command.from(), command.to(), command.operator()));
  }

  private Result<Void> record(CommandId decision, OperatorEvent event) {
    if (decisions.contains(decision)) {
      return Result.repeated(null);
    }
    AggregateLifecycle.apply(event);
    return Result.accepted(null);
  }

  @EventSourcingHandler
  void on(ParkedRetryRequested event) {
    remember("parked-" + event.parkedId(), event.commandId());
  }

  @EventSourcingHandler
  void on(ParkedAbandonmentRequested event) {
    remember("parked-" + event.parkedId(), event.commandId());
  }

  @EventSourcingHandler
  void on(ReconciliationRequested event) {
    remember(
        "reconciliation-" + event.reconciliationId(),
        new CommandId(event.reconciliationId().value()));
  }

  private void remember(String identifier, CommandId decision) {
    stream = identifier;
    decisions.addLast(decision);
    if (decisions.size() > REMEMBERED) {
      decisions.removeFirst();
    }
  }
}
