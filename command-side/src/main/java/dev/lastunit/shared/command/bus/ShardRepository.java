package dev.lastunit.shared.command.bus;

import java.util.Optional;
import java.util.concurrent.Callable;
import org.axonframework.common.Assert;
import org.axonframework.eventhandling.DomainEventMessage;
import org.axonframework.eventsourcing.AggregateFactory;
import org.axonframework.eventsourcing.EventSourcedAggregate;
import org.axonframework.eventsourcing.GenericAggregateFactory;
import org.axonframework.eventsourcing.NoSnapshotTriggerDefinition;
import org.axonframework.eventsourcing.SnapshotTrigger;
import org.axonframework.eventsourcing.SnapshotTriggerDefinition;
import org.axonframework.eventsourcing.eventstore.DomainEventStream;
import org.axonframework.eventsourcing.eventstore.EventStorageEngine;
import org.axonframework.eventsourcing.eventstore.EventStore;
import org.axonframework.messaging.Message;
import org.axonframework.messaging.ScopeDescriptor;
import org.axonframework.modelling.command.Aggregate;
import org.axonframework.modelling.command.AggregateNotFoundException;
import org.axonframework.modelling.command.Repository;
import org.axonframework.modelling.command.inspection.AggregateModel;
import org.axonframework.modelling.command.inspection.AnnotatedAggregateMetaModelFactory;

/**
 * Finds aggregates for the commands that a {@link ShardedCommandBus} handles: in the shard's
 * memory, among what it has read ahead, or else in the event store.
 *
 * <p>In place of Axon's caching repository, for two reasons (4.13.0). Its cache forgets an
 * aggregate after a rollback only if the failing unit of work took it from the cache itself; in a
 * batch it is often an earlier command that did, and the half-changed aggregate would stay. And it
 * costs a lock, an entry and five listeners for each command. Here nothing is registered: the bus
 * knows from the command's stream what to drop.
 *
 * <p>Works only inside the handlers of a {@link ShardedCommandBus}.
 */
public final class ShardRepository<T> implements Repository<T> {

  private final EventStore store;
  private final EventStorageEngine engine;
  private final SnapshotTriggerDefinition snapshots;
  private final Class<T> type;
  private final AggregateModel<T> model;
  private final AggregateFactory<T> factory;

  /**
   * @param type an aggregate that Axon's annotations describe
   * @param store takes the events
   * @param engine has the committed ones
   * @param snapshots when snapshots are taken; {@link
   *     org.axonframework.eventsourcing.NoSnapshotTriggerDefinition#INSTANCE} for never
   */
  public ShardRepository(
      Class<T> type,
      EventStore store,
      EventStorageEngine engine,
      SnapshotTriggerDefinition snapshots) {
    this.store = store;
    this.engine = engine;
    this.snapshots = snapshots;
    this.type = type;
    this.model = AnnotatedAggregateMetaModelFactory.inspectAggregate(type);
    this.factory = new GenericAggregateFactory<>(model);
  }

  @Override
  public Aggregate<T> load(String stream) {
    ShardAggregates aggregates = ShardAggregates.current();
    EventSourcedAggregate<T> aggregate = find(aggregates, stream);
    if (aggregate == null || aggregate.version() == null) {
      throw new NoSuchStream(stream);
    }
    aggregates.use(stream, aggregate, ShardAggregates.sequenceOf(aggregate));
    return aggregate;
  }

  @Override
  public Aggregate<T> load(String stream, Long expectedVersion) {
    Assert.isTrue(expectedVersion == null, () -> "Commands carry no expected version");
    return load(stream);
  }

  @Override
  public Aggregate<T> loadOrCreate(String stream, Callable<T> create) throws Exception {
    ShardAggregates aggregates = ShardAggregates.current();
    EventSourcedAggregate<T> aggregate = find(aggregates, stream);
    if (aggregate == null) {
      aggregate =
          EventSourcedAggregate.initialize(create, model, store, snapshots.prepareTrigger(type));
    }
    aggregates.use(stream, aggregate, ShardAggregates.sequenceOf(aggregate));
    return aggregate;
  }

  @Override
  public Aggregate<T> newInstance(Callable<T> create) {
    throw new UnsupportedOperationException("Streams are begun by handlers that create if missing");
  }

  @SuppressWarnings("unchecked")
  private EventSourcedAggregate<T> find(ShardAggregates aggregates, String stream) {
    EventSourcedAggregate<T> kept = (EventSourcedAggregate<T>) aggregates.get(stream);
    if (kept != null) {
      return kept;
    }
    DomainEventStream ahead = aggregates.takeAhead(stream);
    return read(stream, ahead == null ? events(stream) : ahead);
  }

  /**
   * From the engine and not from the store: the store would look through the whole batch's events
   * for some of this stream, and there are none, since no aggregate is dropped with events that are
   * not committed.
   */
  private EventSourcedAggregate<T> read(String stream, DomainEventStream events) {
    if (!events.hasNext()) {
      return null;
    }
    SnapshotTrigger trigger = snapshots.prepareTrigger(type);
    EventSourcedAggregate<T> aggregate =
        EventSourcedAggregate.initialize(
            factory.createAggregateRoot(stream, events.peek()), model, store, trigger);
    aggregate.initializeState(events);
    return aggregate;
  }

  private DomainEventStream events(String stream) {
    if (snapshots != NoSnapshotTriggerDefinition.INSTANCE) {
      Optional<DomainEventMessage<?>> snapshot = engine.readSnapshot(stream);
      if (snapshot.isPresent()) {
        return DomainEventStream.concat(
            DomainEventStream.of(snapshot.get()),
            engine.readEvents(stream, snapshot.get().getSequenceNumber() + 1));
      }
    }
    return engine.readEvents(stream);
  }

  @Override
  public void send(Message<?> message, ScopeDescriptor scope) {
    throw new UnsupportedOperationException("Aggregates have no deadlines; processes have");
  }

  @Override
  public boolean canResolve(ScopeDescriptor scope) {
    return false;
  }

  /** An answer and not a fault, hence without a stack trace. */
  private static final class NoSuchStream extends AggregateNotFoundException {
    private static final long serialVersionUID = 1L;

    NoSuchStream(String stream) {
      super(stream, "There is no such stream");
    }

    @Override
    public synchronized Throwable fillInStackTrace() {
      return this;
    }
  }
}
