package dev.lastunit.testing;

import dev.lastunit.cart.api.CartEvent;
import dev.lastunit.catalogue.api.ProductEvent;
import dev.lastunit.inventory.api.StockCommand;
import dev.lastunit.inventory.api.StockEvent;
import dev.lastunit.shared.api.Event;
import dev.lastunit.shared.api.LiveEvents;
import dev.lastunit.shared.api.Positions;
import dev.lastunit.shared.api.RecordedEvent;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

/** An event store in memory, with its tail and the positions of those who read it. Thread-safe. */
public final class MemoryEvents implements LiveEvents, Positions {

  private static final Instant START = Instant.parse("2026-11-23T19:00:00Z");

  private final List<RecordedEvent> events = new CopyOnWriteArrayList<>();
  private final List<Listener> listeners = new CopyOnWriteArrayList<>();
  private final Map<String, Long> positions = new ConcurrentHashMap<>();
  private volatile int lasting;

  /** A watch; null streams mean all. */
  private record Listener(Set<String> streams, Consumer<RecordedEvent> told) {}

  /** Records an event. */
  public RecordedEvent append(Event payload) {
    long position = events.size() + 1L;
    RecordedEvent event =
        new RecordedEvent(
            position, START.plusMillis(position), stream(payload), position, payload, Map.of());
    events.add(event);
    for (Listener listener : listeners) {
      if (listener.streams == null || listener.streams.contains(event.stream())) {
        listener.told.accept(event);
      }
    }
    return event;
  }

  List<RecordedEvent> after(long position) {
    return List.copyOf(events.subList((int) position, events.size()));
  }

  /** A handler has got so far. */
  public void reached(String handler, long position) {
    positions.put(handler, position);
  }

  /** Those who watch now do so for good. */
  void started() {
    lasting = listeners.size();
  }

  /** How many watch at the moment, without those that the service has from its start on. */
  public int watchers() {
    return listeners.size() - lasting;
  }

  @Override
  public Watch watch(Collection<String> streams, Consumer<RecordedEvent> listener) {
    return watch(new Listener(Set.copyOf(streams), listener));
  }

  @Override
  public Watch watchAll(Consumer<RecordedEvent> listener) {
    return watch(new Listener(null, listener));
  }

  private Watch watch(Listener listener) {
    listeners.add(listener);
    return () -> listeners.remove(listener);
  }

  @Override
  public long of(String handler) {
    return positions.getOrDefault(handler, 0L);
  }

  @Override
  public long head() {
    return events.size();
  }

  @Override
  public Map<String, Long> all() {
    return Map.copyOf(positions);
  }

  private static String stream(Event event) {
    return switch (event) {
      case ProductEvent product -> "product-" + product.sku().value();
      case StockEvent stock -> StockCommand.streamOf(stock.sku());
      case CartEvent cart -> cart.cartId().stream();
      default -> throw new IllegalArgumentException("No stream for " + event);
    };
  }
}
