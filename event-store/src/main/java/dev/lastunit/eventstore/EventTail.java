package dev.lastunit.eventstore;

import dev.lastunit.shared.api.Event;
import dev.lastunit.shared.api.LiveEvents;
import dev.lastunit.shared.api.RecordedEvent;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One reader of the store's tail for the whole node; hands each event to those who watch its
 * stream.
 *
 * <p>Threads: one daemon thread between {@link #start()} and {@link #stop()}. When reading fails it
 * reads again from where it was, so a watcher misses nothing.
 */
public final class EventTail implements LiveEvents {

  private static final Logger LOG = LoggerFactory.getLogger(EventTail.class);
  private static final int AT_ONCE = 500;

  private final EventFeed feed;
  private final ConcurrentHashMap<String, Set<Consumer<RecordedEvent>>> byStream =
      new ConcurrentHashMap<>();
  private final List<Consumer<RecordedEvent>> everything = new CopyOnWriteArrayList<>();
  private final EventFeed.Follower follower;
  private volatile Thread thread;

  public EventTail(EventFeed feed) {
    this.follower = feed.follow(List.of(Event.class));
    this.feed = feed;
  }

  /** Begins at the head of the feed, which must have started. */
  public synchronized void start() {
    if (thread != null) {
      return;
    }
    follower.startFrom(feed.head());
    thread = Thread.ofPlatform().daemon().name("event-tail").unstarted(this::run);
    thread.start();
  }

  /** Ends the reader and waits for it, at most 5 s. */
  public synchronized void stop() {
    Thread running = thread;
    thread = null;
    if (running == null) {
      return;
    }
    LockSupport.unpark(running);
    try {
      running.join(TimeUnit.SECONDS.toMillis(5));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public Watch watch(Collection<String> streams, Consumer<RecordedEvent> listener) {
    List<String> watched = List.copyOf(streams);
    for (String stream : watched) {
      byStream.compute(
          stream,
          (key, listeners) -> {
            Set<Consumer<RecordedEvent>> extended =
                listeners == null ? ConcurrentHashMap.newKeySet() : listeners;
            extended.add(listener);
            return extended;
          });
    }
    return () -> watched.forEach(stream -> forget(stream, listener));
  }

  @Override
  public Watch watchAll(Consumer<RecordedEvent> listener) {
    everything.add(listener);
    return () -> everything.remove(listener);
  }

  /** How many streams somebody watches; for metrics and tests. */
  public int watchedStreams() {
    return byStream.size();
  }

  private void forget(String stream, Consumer<RecordedEvent> listener) {
    byStream.computeIfPresent(
        stream,
        (key, listeners) -> {
          listeners.remove(listener);
          return listeners.isEmpty() ? null : listeners;
        });
  }

  private void run() {
    while (thread == Thread.currentThread()) {
      if (!follower.isBehind()) {
        follower.await(TimeUnit.SECONDS.toNanos(1));
        continue;
      }
      try {
        EventFeed.Slice slice = follower.next(AT_ONCE);
        slice.events().forEach(this::deliver);
        follower.handledUpTo(slice.upTo());
      } catch (RuntimeException e) {
        LOG.warn("Reading the store's tail failed; trying again: {}", e.toString());
        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(200));
      }
    }
  }

  private void deliver(RecordedEvent event) {
    everything.forEach(listener -> tell(listener, event));
    Set<Consumer<RecordedEvent>> listeners = byStream.get(event.stream());
    if (listeners != null) {
      listeners.forEach(listener -> tell(listener, event));
    }
  }

  private static void tell(Consumer<RecordedEvent> listener, RecordedEvent event) {
    try {
      listener.accept(event);
    } catch (RuntimeException e) {
      LOG.warn("A listener failed at position {}", event.position(), e);
    }
  }
}
