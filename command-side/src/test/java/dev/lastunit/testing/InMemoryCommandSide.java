package dev.lastunit.testing;

import dev.lastunit.shared.api.Command;
import dev.lastunit.shared.api.Commands;
import dev.lastunit.shared.api.Event;
import dev.lastunit.shared.command.bus.AppendLog;
import dev.lastunit.shared.command.bus.BusCommands;
import dev.lastunit.shared.command.bus.ShardRepository;
import dev.lastunit.shared.command.bus.ShardedCommandBus;
import dev.lastunit.shared.command.bus.ShardedCommandBus.Limits;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.axonframework.common.transaction.NoTransactionManager;
import org.axonframework.eventhandling.DomainEventMessage;
import org.axonframework.eventhandling.EventMessage;
import org.axonframework.eventsourcing.NoSnapshotTriggerDefinition;
import org.axonframework.eventsourcing.eventstore.DomainEventStream;
import org.axonframework.eventsourcing.eventstore.EmbeddedEventStore;
import org.axonframework.eventsourcing.eventstore.inmemory.InMemoryEventStorageEngine;
import org.axonframework.messaging.MetaData;
import org.axonframework.messaging.unitofwork.CurrentUnitOfWork;
import org.axonframework.modelling.command.AggregateAnnotationCommandHandler;

/**
 * The command side as it runs in production, with aggregates in the bounded cache and without
 * locks, over a store that forgets everything at the end.
 */
public final class InMemoryCommandSide implements Commands, AutoCloseable {

  private final IndexedEngine engine = new IndexedEngine();
  private final EmbeddedEventStore store =
      EmbeddedEventStore.builder().storageEngine(engine).build();
  private final ShardedCommandBus bus =
      new ShardedCommandBus(
          NoTransactionManager.INSTANCE,
          AppendLog.withoutPositions(),
          new Limits(2, 1_024, 10_000),
          new SimpleMeterRegistry());
  private final List<Event> events = Collections.synchronizedList(new ArrayList<>());
  private final List<MetaData> metadata = Collections.synchronizedList(new ArrayList<>());
  private final Commands commands = new BusCommands(bus, events::size);
  private final List<Command<?>> sent = Collections.synchronizedList(new ArrayList<>());

  /** Finds a stream without a look at every event of every other one. */
  private static final class IndexedEngine extends InMemoryEventStorageEngine {
    private final Map<String, List<DomainEventMessage<?>>> streams = new ConcurrentHashMap<>();

    @Override
    public void appendEvents(List<? extends EventMessage<?>> events) {
      super.appendEvents(events);
      CurrentUnitOfWork.get().onPrepareCommit(unitOfWork -> events.forEach(this::index));
    }

    private void index(EventMessage<?> message) {
      var event = (DomainEventMessage<?>) message;
      streams
          .computeIfAbsent(event.getAggregateIdentifier(), any -> new CopyOnWriteArrayList<>())
          .add(event);
    }

    @Override
    public DomainEventStream readEvents(String stream, long from) {
      var events = streams.getOrDefault(stream, List.of());
      return DomainEventStream.of(
          events.subList((int) Math.min(from, events.size()), events.size()));
    }
  }

  /**
   * Starts the bus.
   *
   * @param aggregates types, as their contexts name them
   */
  public InMemoryCommandSide(Class<?>... aggregates) {
    for (var aggregate : aggregates) {
      subscribe(aggregate);
    }
    store.subscribe(messages -> messages.forEach(this::note));
  }

  private <T> void subscribe(Class<T> aggregate) {
    AggregateAnnotationCommandHandler.<T>builder()
        .aggregateType(aggregate)
        .repository(
            new ShardRepository<>(aggregate, store, engine, NoSnapshotTriggerDefinition.INSTANCE))
        .build()
        .subscribe(bus);
  }

  private void note(EventMessage<?> message) {
    events.add((Event) message.getPayload());
    if (metadata.size() < 100) {
      metadata.add(message.getMetaData());
    }
  }

  @Override
  public <R> CompletableFuture<Reply<R>> send(Command<R> command, Map<String, String> with) {
    sent.add(command);
    return commands.send(command, with);
  }

  /** Everything that was recorded, in order. */
  public List<Event> events() {
    synchronized (events) {
      return List.copyOf(events);
    }
  }

  /** Metadata of the first hundred events. */
  public List<MetaData> metadata() {
    return metadata;
  }

  /** Every command that was sent. */
  public List<Command<?>> sent() {
    synchronized (sent) {
      return List.copyOf(sent);
    }
  }

  /** Whether the stream has any event. */
  public boolean hasStream(String stream) {
    return store.readEvents(stream).hasNext();
  }

  @Override
  public void close() {
    bus.stop(1_000);
    store.shutDown();
  }
}
