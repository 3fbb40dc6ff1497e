package dev.lastunit.operations.api;

import dev.lastunit.shared.api.CommandId;
import dev.lastunit.shared.api.CustomerId;
import dev.lastunit.shared.api.Event;
import java.time.Instant;
import org.axonframework.serialization.Revision;

/**
 * What an operator decided, recorded before it is done. What came of it is told by the thing
 * itself.
 */
public sealed interface OperatorEvent extends Event {

  /** Subject of the token of who decided. */
  CustomerId operator();

  /**
   * Something parked is to be tried again.
   *
   * @param commandId of the decision; the same for its repeat
   */
  @Revision("1")
  record ParkedRetryRequested(ParkedId parkedId, CommandId commandId, CustomerId operator)
      implements OperatorEvent {}

  /**
   * Something parked is not to be tried again: what was done is to be undone where that is
   * possible.
   *
   * @param commandId of the decision; the same for its repeat
   */
  @Revision("1")
  record ParkedAbandonmentRequested(ParkedId parkedId, CommandId commandId, CustomerId operator)
      implements OperatorEvent {}

  /**
   * The provider's charges of a time are to be compared with our payments.
   *
   * @param from charges and payments made then or later
   * @param to and before this
   */
  @Revision("1")
  record ReconciliationRequested(
      ReconciliationId reconciliationId, Instant from, Instant to, CustomerId operator)
      implements OperatorEvent {}
}
