package dev.lastunit.shared.api;

import java.util.List;

/**
 * Consumes the store's events in order, in batches, exactly once in effect: the handler's writes
 * and its position commit in one JDBC transaction that is bound to the calling thread.
 *
 * <p>A batch holds every event of every type, so that the position of each handler advances to the
 * head even when nothing concerns it. An exception rolls the batch back; it is delivered again,
 * with backoff, until it succeeds: nothing is skipped.
 */
public interface EventBatchHandler {

  /** Name of the processor, {@code context.view}; the key of its position. Fixed for ever. */
  String name();

  /**
   * Handles one batch.
   *
   * @param batch at least one event, ascending positions
   */
  void handle(List<RecordedEvent> batch);

  /** Called after the batch's transaction has committed, on the same thread. */
  default void committed() {}

  /** Upper bound for the number of events in a batch. Default 500. */
  default int batchSize() {
    return 500;
  }
}
