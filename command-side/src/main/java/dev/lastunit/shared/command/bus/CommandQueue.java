package dev.lastunit.shared.command.bus;

import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.function.Consumer;

/**
 * The bounded queue between those who send commands and the one thread that takes them, and how it
 * ends: whatever is submitted, before, during or after the end, is either taken or refused, exactly
 * once, and what is taken comes in the order in which it was submitted.
 *
 * @param <C> compared by identity
 */
final class CommandQueue<C> {

  private final BlockingQueue<C> queue;
  private final C wake;
  private final Consumer<C> refuse;

  private volatile boolean stopping;
  private volatile boolean ended;
  private volatile long stopNanos;

  /**
   * @param capacity commands that may wait, at least 1
   * @param wake wakes the thread that waits for work; never taken and never refused
   * @param refuse called with what is not taken, by any thread
   */
  CommandQueue(int capacity, C wake, Consumer<C> refuse) {
    this.queue = new ArrayBlockingQueue<>(capacity);
    this.wake = wake;
    this.refuse = refuse;
  }

  int size() {
    return queue.size();
  }

  /** Never blocks; refuses at once when there is no room or no time left. */
  void submit(C command) {
    if (stopping || !queue.offer(command)) {
      refuse.accept(command);
    } else if (ended && queue.remove(command)) {
      // The thread took its last look into the queue before the command was in it.
      refuse.accept(command);
    }
  }

  /** New commands are refused from now on, waiting ones taken until the deadline. */
  void beginStop(long deadlineNanos) {
    stopNanos = deadlineNanos;
    stopping = true;
    // Wakes the thread if it waits at an empty queue; a full queue needs no waking.
    queue.offer(wake);
  }

  /**
   * Waits until there is work, and adds all that waits. Called by the one thread that takes.
   *
   * @param work what was taken and not handled yet
   * @param limit of commands in it, at least 1
   * @return false when the thread must {@link #end}, also with work in hand
   */
  boolean take(Deque<C> work, int limit) throws InterruptedException {
    do {
      if (work.isEmpty()) {
        C next = stopping ? queue.poll() : queue.take();
        if (next == null) {
          return false;
        }
        work.add(next);
      }
      queue.drainTo(work, limit - work.size());
      if (stopping) {
        work.removeIf(this::isWake);
        if (System.nanoTime() - stopNanos >= 0) {
          return false;
        }
      }
    } while (work.isEmpty());
    return true;
  }

  /** The thread takes nothing more; refuses what it has in hand and what waits. */
  void end(Deque<C> work) {
    stopping = true;
    ended = true;
    work.forEach(refuse);
    work.clear();
    refuseWaiting();
  }

  /** Refuses what has not been taken. By any thread, once the stop has begun. */
  void refuseWaiting() {
    List<C> left = new ArrayList<>();
    queue.drainTo(left);
    if (!ended) {
      // The thread may have been about to wake for what was just drained, and would wait for ever.
      queue.offer(wake);
    }
    left.removeIf(this::isWake);
    left.forEach(refuse);
  }

  /** There may be several. */
  private boolean isWake(C command) {
    return command == wake;
  }
}
