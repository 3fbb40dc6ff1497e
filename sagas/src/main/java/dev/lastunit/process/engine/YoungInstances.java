package dev.lastunit.process.engine;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The young instances of one process on this node, and the identifiers of those that ended young:
 * of neither is there a row. Safe for several threads.
 */
final class YoungInstances<S extends ProcessState> {

  /** Ended ones that are remembered; their last events come a moment later. */
  private static final int ENDED = 16_384;

  private final Map<String, Young<S>> byId = new ConcurrentHashMap<>();
  private final Map<String, Boolean> ended =
      new LinkedHashMap<>(256, 0.75f, false) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Boolean> eldest) {
          return size() > ENDED;
        }
      };
  private volatile boolean checkpointWanted;
  private volatile Runnable wake = () -> {};

  /** Begins anew, with nothing. */
  void begin(Runnable wakeUp) {
    clear();
    wake = wakeUp;
  }

  void clear() {
    byId.values().forEach(Young::drop);
    byId.clear();
    synchronized (ended) {
      ended.clear();
    }
  }

  int size() {
    return byId.size();
  }

  /** Null when there is no such instance. */
  Young<S> find(String id) {
    return byId.get(id);
  }

  /** Whether it is known without asking that there is no row. */
  boolean endedYoung(String id) {
    synchronized (ended) {
      return ended.containsKey(id);
    }
  }

  void add(Young<S> young) {
    byId.put(young.id(), young);
    synchronized (ended) {
      ended.remove(young.id());
    }
  }

  /** The instance has ended. */
  void over(Young<S> young) {
    synchronized (ended) {
      ended.put(young.id(), true);
    }
    byId.remove(young.id(), young);
  }

  /**
   * The instance has become a row.
   *
   * @return whether the row is due and nobody runs it
   */
  boolean stored(Young<S> young, Instant now) {
    return byId.remove(young.id(), young) && young.stored(now);
  }

  void wantCheckpoint() {
    checkpointWanted = true;
    wake.run();
  }

  /** Whether one has asked for its row. */
  boolean wantsCheckpoint() {
    return checkpointWanted;
  }

  /** Whether one has grown old. */
  boolean hasOld(long youngNanos) {
    long now = System.nanoTime();
    for (Young<S> young : byId.values()) {
      if (young.wantsRow(now, youngNanos)) {
        return true;
      }
    }
    return false;
  }

  /** Those that should become rows now. */
  Collection<Young<S>> takeForRows(long youngNanos, boolean all) {
    checkpointWanted = false;
    long now = System.nanoTime();
    List<Young<S>> due = new ArrayList<>();
    for (Young<S> young : byId.values()) {
      if (all || young.wantsRow(now, youngNanos)) {
        due.add(young);
      }
    }
    return due;
  }

  /**
   * Position of the first event whose effect is in memory only; the greatest when there is none.
   */
  long firstPosition() {
    long first = Long.MAX_VALUE;
    for (Young<S> young : byId.values()) {
      first = Math.min(first, young.position());
    }
    return first;
  }
}
