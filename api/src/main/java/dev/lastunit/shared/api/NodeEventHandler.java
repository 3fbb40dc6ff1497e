package dev.lastunit.shared.api;

import java.time.Duration;
import java.util.List;
import java.util.Set;

/**
 * Consumes the store's events in order into something that this node owns, such as an index on its
 * disk, and keeps its own position with it. It runs on every node that has it, claimed by none, in
 * contrast to an {@link EventBatchHandler}, whose tables all nodes share.
 *
 * <p>What is handled and its position must be kept together by the handler, so that they never
 * disagree. Events come at least once: after a failure, and after a crash, those after the position
 * that {@link #open} answers come again.
 *
 * <p>All methods but {@link #name()}, {@link #concerns()} and {@link #isAwaited()} are called by
 * one thread, which is the handler's own, so that they may block.
 */
public interface NodeEventHandler {

  /** Name under which its position and lag are shown; may change when it takes another's place. */
  String name();

  /** Classes of the events that concern this handler, or sealed interfaces of them. Not empty. */
  Set<Class<? extends Event>> concerns();

  /**
   * Makes the handler ready. Called before the first batch and again after every failure, with
   * growing pauses, until it succeeds.
   *
   * @param wake to be run, by any thread, when something waits for what was handled already
   * @return position after which events are to be delivered; after a failure it may be an earlier
   *     one than before
   */
  long open(Runnable wake);

  /**
   * Handles what comes next. What it does need not be visible to readers before {@link #publish}.
   * When it throws, {@link #open} is called and nothing is skipped.
   *
   * @param batch ascending positions, none that does not concern the handler; may be empty
   * @param upTo position up to which everything that concerns the handler has been handed over
   */
  void handle(List<RecordedEvent> batch, long upTo);

  /**
   * Makes everything that was handled visible to readers, and keeps it when it is time to: only
   * then does the position that readers are told advance.
   */
  void publish();

  /** Whether somebody waits for what was not published yet. Cheap; any thread. */
  boolean isAwaited();

  /** Least time between two publications that nobody waits for. Asked before each one. */
  Duration pace();

  /**
   * Events after this position are held back, for a handler that follows what another one writes.
   * Cheap; asked often. Default: none are.
   */
  default long readyUpTo() {
    return Long.MAX_VALUE;
  }

  /** Upper bound for the number of events in a batch. Default 1,000. */
  default int batchSize() {
    return 1_000;
  }

  /** Keeps what was handled and lets everything go: nothing is delivered any more. */
  void close();
}
