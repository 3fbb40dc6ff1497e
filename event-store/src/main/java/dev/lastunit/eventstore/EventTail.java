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
import java.util.function.Consumer;
import org.axonframework.common.stream.BlockingStream;
import org.axonframework.eventhandling.DomainEventMessage;
import org.axonframework.eventhandling.TrackedEventMessage;
import org.axonframework.eventsourcing.eventstore.EventStore;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One reader of the store's tail for the whole node; hands each event to those who watch its
 * stream.
 *
 * <p>Threads: one daemon thread between {@link #start()} and {@link #stop()}. When reading fails it
 * opens the stream again where it was, so a watcher misses nothing.
 */
public final class EventTail implements LiveEvents {

  private static final Logger LOG = LoggerFactory.getLogger(EventTail.class);
  private static final int LOOK_FOR_STOP_MILLIS = 500;

  private final EventStore store;
  private final ConcurrentHashMap<String, Set<Consumer<RecordedEvent>>> byStream =
      new ConcurrentHashMap<>();
  private final List<Consumer<RecordedEvent>> everything = new CopyOnWriteArrayList<>();
  private volatile Thread thread;
  private org.axonframework.eventhandling.TrackingToken position;

  public EventTail(EventStore store) {
    this.store = store;
  }

  /** Begins at the head of the store. Blocks for one read of the head. */
  public synchronized void start() {
    if (thread != null) {
      return;
    }
    position = store.createHeadToken();
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
    running.interrupt();
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
      try (BlockingStream<TrackedEventMessage<?>> stream = store.openStream(position)) {
        follow(stream);
      } catch (InterruptedException e) {
        return;
      } catch (RuntimeException e) {
        LOG.warn("Reading the store's tail failed; trying again: {}", e.toString());
        pause();
      }
    }
  }

  private void follow(BlockingStream<TrackedEventMessage<?>> stream) throws InterruptedException {
    while (thread == Thread.currentThread()) {
      if (stream.hasNextAvailable(LOOK_FOR_STOP_MILLIS, TimeUnit.MILLISECONDS)) {
        TrackedEventMessage<?> message = stream.nextAvailable();
        position = message.trackingToken();
        deliver(message);
      }
    }
  }

  private void deliver(TrackedEventMessage<?> message) {
    if (!(message instanceof DomainEventMessage<?> domainEvent)) {
      return;
    }
    Set<Consumer<RecordedEvent>> listeners = byStream.get(domainEvent.getAggregateIdentifier());
    if (listeners == null && everything.isEmpty()) {
      return;
    }
    RecordedEvent event = recorded(message);
    if (listeners != null) {
      listeners.forEach(listener -> tell(listener, event));
    }
    everything.forEach(listener -> tell(listener, event));
  }

  private static void tell(Consumer<RecordedEvent> listener, RecordedEvent event) {
    try {
      listener.accept(event);
    } catch (RuntimeException e) {
      LOG.warn("A listener failed at position {}", event.position(), e);
    }
  }

  /** The event as our handlers see it. */
  public static RecordedEvent recorded(TrackedEventMessage<?> message) {
    DomainEventMessage<?> domainEvent = (DomainEventMessage<?>) message;
    if (!(message.getPayload() instanceof Event payload)) {
      throw new IllegalStateException(
          "Unknown event type at position " + message.trackingToken().position().orElse(-1));
    }
    return new RecordedEvent(
        message.trackingToken().position().orElseThrow(),
        message.getTimestamp(),
        domainEvent.getAggregateIdentifier(),
        domainEvent.getSequenceNumber(),
        payload,
        message.getMetaData());
  }

  private static void pause() {
    try {
      TimeUnit.MILLISECONDS.sleep(200);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
