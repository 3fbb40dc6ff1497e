package dev.lastunit.app.axon;

import dev.lastunit.eventstore.EventTail;
import dev.lastunit.shared.api.EventBatchHandler;
import dev.lastunit.shared.api.RecordedEvent;
import java.util.ArrayList;
import java.util.List;
import org.axonframework.eventhandling.EventHandlerInvoker;
import org.axonframework.eventhandling.EventMessage;
import org.axonframework.eventhandling.Segment;
import org.axonframework.eventhandling.TrackedEventMessage;
import org.axonframework.messaging.unitofwork.CurrentUnitOfWork;
import org.axonframework.messaging.unitofwork.UnitOfWork;

/**
 * Collects the events of a processor's unit of work and hands them to an {@link EventBatchHandler}
 * in one call, just before the unit of work commits: handler and token share its transaction.
 *
 * <p>Takes every event, also those that the handler has no use for, so that its position follows
 * the head of the store.
 */
final class BatchInvoker implements EventHandlerInvoker {

  private static final String BATCH = "lastunit.batch";

  private final EventBatchHandler handler;
  private final Runnable relaxDurability;

  /**
   * @param relaxDurability lets the current transaction commit without waiting for the disk
   */
  BatchInvoker(EventBatchHandler handler, Runnable relaxDurability) {
    this.handler = handler;
    this.relaxDurability = relaxDurability;
  }

  @Override
  public boolean canHandle(EventMessage<?> message, Segment segment) {
    return true;
  }

  @Override
  public void handle(EventMessage<?> message, Segment segment) {
    UnitOfWork<?> unitOfWork = CurrentUnitOfWork.get();
    List<RecordedEvent> batch = unitOfWork.getOrComputeResource(BATCH, key -> begin(unitOfWork));
    batch.add(EventTail.recorded((TrackedEventMessage<?>) message));
  }

  private List<RecordedEvent> begin(UnitOfWork<?> unitOfWork) {
    List<RecordedEvent> batch = new ArrayList<>();
    relaxDurability.run();
    unitOfWork.onPrepareCommit(committing -> handler.handle(List.copyOf(batch)));
    unitOfWork.afterCommit(committed -> handler.committed());
    return batch;
  }
}
