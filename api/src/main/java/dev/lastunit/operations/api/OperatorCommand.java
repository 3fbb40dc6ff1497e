package dev.lastunit.operations.api;

import dev.lastunit.shared.api.Command;
import dev.lastunit.shared.api.CommandId;
import dev.lastunit.shared.api.CustomerId;
import java.time.Instant;

/**
 * Records what an operator decided. All are safe to repeat, also together with others; none is ever
 * refused.
 */
public sealed interface OperatorCommand extends Command<Void> {

  /** Records that something parked is to be tried again. */
  record RequestRetry(ParkedId parkedId, CommandId commandId, CustomerId operator)
      implements OperatorCommand {
    @Override
    public String stream() {
      return streamOf(parkedId);
    }
  }

  /** Records that something parked is to be given up. */
  record RequestAbandonment(ParkedId parkedId, CommandId commandId, CustomerId operator)
      implements OperatorCommand {
    @Override
    public String stream() {
      return streamOf(parkedId);
    }
  }

  /** Records that a time is to be reconciled; one for each identifier. */
  record RequestReconciliation(
      ReconciliationId reconciliationId, Instant from, Instant to, CustomerId operator)
      implements OperatorCommand {
    @Override
    public String stream() {
      return "reconciliation-" + reconciliationId;
    }
  }

  /** Few, and far apart. */
  @Override
  default boolean expectsMore() {
    return false;
  }

  private static String streamOf(ParkedId parked) {
    return "parked-" + parked;
  }
}
