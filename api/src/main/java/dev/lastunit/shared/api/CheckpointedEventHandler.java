package dev.lastunit.shared.api;

import java.util.List;

/**
 * Consumes the store's events into memory and writes down only what it cannot do without, from time
 * to time. For a handler most of whose work is over before it would be worth writing.
 *
 * <p>What was not written when the node ended is recovered by delivering its events again. So the
 * position that is stored stays behind the first event whose effect is in memory only, and events
 * come at least once: a handler must know what it has seen, or not mind.
 *
 * <p>All methods are called by one thread. {@link #handle} is called without a transaction and may
 * use its own; when it throws, the same events come again.
 */
public interface CheckpointedEventHandler extends EventBatchHandler {

  /**
   * The node has become the one that runs this handler. Whatever is left in memory of an earlier
   * time counts no more: its events come again.
   *
   * @param seenUpTo events up to this position may have been handled before, here or elsewhere;
   *     those after it come for the first time, as long as the node keeps its claim
   * @param wake to be run, by any thread, when a checkpoint is wanted at once
   */
  void begin(long seenUpTo, Runnable wake);

  /** Another node runs this handler now: what is in memory is forgotten. */
  void lost();

  /** Whether something should be written now. Cheap; asked often. */
  boolean wantsCheckpoint();

  /**
   * Writes what has to be written, in the transaction that is bound to the calling thread and that
   * also stores the position. When it is rolled back, the next checkpoint has to write the same.
   * {@link #committed} follows once it has committed.
   *
   * @param ending whether the node lets go of the handler; then everything is written
   */
  void checkpoint(boolean ending);

  /**
   * Position up to which nothing has to be delivered again.
   *
   * @param handledUpTo position up to which everything was handed over
   * @return at most {@code handledUpTo}
   */
  long durableUpTo(long handledUpTo);

  /** Called after a checkpoint's transaction has committed, on the same thread. */
  @Override
  default void committed() {}

  /**
   * Takes events.
   *
   * @param batch at least one event, ascending positions, none that does not concern the handler
   */
  @Override
  void handle(List<RecordedEvent> batch);
}
