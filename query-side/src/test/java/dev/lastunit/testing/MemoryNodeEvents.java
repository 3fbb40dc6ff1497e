package dev.lastunit.testing;

import dev.lastunit.shared.api.NodeEventHandler;
import dev.lastunit.shared.api.NodeEvents;
import dev.lastunit.shared.api.RecordedEvent;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * Delivers the events in memory to a node's own handlers, at once and on the calling thread, when a
 * test says so. Thread-safe.
 */
public final class MemoryNodeEvents implements NodeEvents {

  private final MemoryEvents events;
  private final List<Run> runs = new CopyOnWriteArrayList<>();

  public MemoryNodeEvents(MemoryEvents events) {
    this.events = events;
  }

  @Override
  public Following follow(NodeEventHandler handler) {
    Run run = new Run(handler);
    runs.add(run);
    return run;
  }

  /** Lets every handler have and publish everything that it may have now. */
  public void deliver() {
    runs.forEach(Run::deliver);
  }

  /** How many handlers run. */
  public int running() {
    return runs.size();
  }

  private final class Run implements Following {

    private final NodeEventHandler handler;
    private boolean open;
    private long taken;
    private volatile long published;
    private volatile boolean isOpen;

    Run(NodeEventHandler handler) {
      this.handler = handler;
    }

    synchronized void deliver() {
      if (!runs.contains(this)) {
        return;
      }
      if (!open) {
        taken = handler.open(() -> {});
        published = taken;
        open = true;
        isOpen = true;
      }
      long limit = Math.min(events.head(), handler.readyUpTo());
      while (taken < limit) {
        long upTo = Math.min(limit, taken + handler.batchSize());
        List<RecordedEvent> batch =
            events.after(taken).stream()
                .filter(event -> event.position() <= upTo)
                .filter(
                    event ->
                        handler.concerns().stream().anyMatch(it -> it.isInstance(event.payload())))
                .toList();
        handler.handle(batch, upTo);
        taken = upTo;
      }
      if (taken > published) {
        handler.publish();
        published = taken;
      }
    }

    @Override
    public long position() {
      return published;
    }

    @Override
    public boolean isLive() {
      return isOpen && published >= events.head();
    }

    @Override
    public synchronized void stop() {
      if (runs.remove(this)) {
        handler.close();
      }
    }
  }
}
