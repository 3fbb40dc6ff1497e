package dev.lastunit.shared.api;

import java.time.Duration;
import java.util.List;
import java.util.Set;

/**
 * Consumes the store's events in order, in batches, exactly once in effect: the handler's writes
 * and its position commit in one JDBC transaction that is bound to the calling thread.
 *
 * <p>A batch holds the events that concern the handler. Its position advances to the head even when
 * nothing does. An exception rolls the batch back; it is delivered again, with backoff, until it
 * succeeds: nothing is skipped.
 */
public interface EventBatchHandler {

  /** Name of the processor, {@code context.view}; the key of its position. Fixed for ever. */
  String name();

  /** Classes of the events that concern this handler, or sealed interfaces of them. Not empty. */
  Set<Class<? extends Event>> concerns();

  /**
   * Handles one batch.
   *
   * @param batch at least one event, ascending positions, none that does not concern the handler
   */
  void handle(List<RecordedEvent> batch);

  /** Called after the batch's transaction has committed, on the same thread. */
  default void committed() {}

  /**
   * Least time from the start of one batch to the start of the next. What comes meanwhile is
   * handled together: each transaction costs something, however few events it holds. Default 40 ms;
   * the first event after a pause is handled at once, and so is what comes after a full batch.
   */
  default Duration pace() {
    return Duration.ofMillis(40);
  }

  /** Upper bound for the number of events in a batch. Default 500. */
  default int batchSize() {
    return 500;
  }
}
