package dev.lastunit.process.operator;

import dev.lastunit.operations.api.OperatorCommand;
import dev.lastunit.operations.api.OperatorCommand.RequestAbandonment;
import dev.lastunit.operations.api.OperatorCommand.RequestReconciliation;
import dev.lastunit.operations.api.OperatorCommand.RequestRetry;
import dev.lastunit.operations.api.ParkedId;
import dev.lastunit.operations.api.ReconciliationId;
import dev.lastunit.shared.api.CommandId;
import dev.lastunit.shared.api.Commands;
import dev.lastunit.shared.api.CustomerId;
import dev.lastunit.shared.api.Result;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/**
 * Records operators' decisions in the event store with their author. Each method answers the
 * position of the event, and fails for technical reasons only: then nothing may be done, and the
 * decision may be sent again. Never blocks; safe for several threads.
 */
public final class OperatorDecisions {

  private final Commands commands;

  public OperatorDecisions(Commands commands) {
    this.commands = commands;
  }

  /**
   * Something parked is to be tried again. The same decision about what was parked at the same
   * instant is one, however often it is sent.
   */
  public CompletableFuture<Long> retry(ParkedId parked, Instant parkedAt, CustomerId operator) {
    return send(new RequestRetry(parked, new CommandId("retry-" + parkedAt), operator), operator);
  }

  /** Something parked is to be given up; repeats as with {@link #retry}. */
  public CompletableFuture<Long> abandon(ParkedId parked, Instant parkedAt, CustomerId operator) {
    return send(
        new RequestAbandonment(parked, new CommandId("abandon-" + parkedAt), operator), operator);
  }

  /** A time is to be reconciled. */
  public CompletableFuture<Long> reconcile(
      ReconciliationId run, Instant from, Instant to, CustomerId operator) {
    return send(new RequestReconciliation(run, from, to, operator), operator);
  }

  private CompletableFuture<Long> send(OperatorCommand command, CustomerId operator) {
    return commands
        .send(command, Map.of(Commands.SUBJECT, operator.value()))
        .thenApply(
            reply -> {
              if (reply.result() instanceof Result.Refused<Void> refused) {
                throw new IllegalStateException(
                    "A decision was refused: " + refused.code() + " " + refused.detail());
              }
              return reply.position();
            });
  }
}
