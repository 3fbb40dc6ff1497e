package dev.lastunit.ordering.command.web;

import dev.lastunit.shared.api.LiveEvents;
import dev.lastunit.shared.api.OrderId;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.springframework.context.SmartLifecycle;
import org.springframework.stereotype.Component;

/**
 * The watches over the orders that are being placed on this node. When the node stops, orders in
 * flight get a moment to be decided, while the processes that decide them still run. After that
 * nobody waits any more: no decision may come before the next start, and the web server would wait
 * with them.
 *
 * <p>Safe for several threads.
 */
@Component
class DecisionWatches implements SmartLifecycle {

  /** Most orders are decided within a small part of this. */
  private static final Duration LAST_DECISIONS = Duration.ofSeconds(2);

  private static final Duration LOOK = Duration.ofMillis(10);

  private final LiveEvents live;
  private final Set<DecisionWatch> open = ConcurrentHashMap.newKeySet();
  private volatile boolean running;

  /** Whether nobody waits any more. */
  private volatile boolean over;

  DecisionWatches(LiveEvents live) {
    this.live = live;
  }

  /** Watches an order; to be closed by {@link #close}. */
  DecisionWatch open(OrderId orderId) {
    DecisionWatch watch = new DecisionWatch(live, orderId);
    open.add(watch);
    if (over) {
      watch.giveUp();
    }
    return watch;
  }

  void close(DecisionWatch watch) {
    open.remove(watch);
    watch.close();
  }

  @Override
  public void start() {
    over = false;
    running = true;
  }

  /** Blocks until no order is in flight, for 2 s at most; then all waiting ends undecided. */
  @Override
  public void stop() {
    running = false;
    long deadline = System.nanoTime() + LAST_DECISIONS.toNanos();
    try {
      while (!open.isEmpty() && System.nanoTime() - deadline < 0) {
        Thread.sleep(LOOK);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    over = true;
    open.forEach(DecisionWatch::giveUp);
  }

  @Override
  public boolean isRunning() {
    return running;
  }

  /** The greatest phase stops first: before the processes and the web server. */
  @Override
  public int getPhase() {
    return DEFAULT_PHASE;
  }
}
