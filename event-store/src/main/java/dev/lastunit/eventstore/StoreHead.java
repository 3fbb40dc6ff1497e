package dev.lastunit.eventstore;

import java.util.concurrent.atomic.AtomicLong;

/**
 * The highest position that this node knows to be committed: from its own appends and from what it
 * has read. Thread-safe; never goes back.
 */
public final class StoreHead {

  private final AtomicLong position = new AtomicLong();

  /** Position of the last known event; 0 in an empty store. */
  public long position() {
    return position.get();
  }

  /** Takes note of a committed position. */
  public void committed(long reached) {
    position.accumulateAndGet(reached, Math::max);
  }
}
