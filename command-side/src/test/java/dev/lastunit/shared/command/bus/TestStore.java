package dev.lastunit.shared.command.bus;

import dev.lastunit.shared.command.bus.Ledger.Written;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.axonframework.common.transaction.Transaction;
import org.axonframework.common.transaction.TransactionManager;
import org.axonframework.eventhandling.DomainEventMessage;
import org.axonframework.eventhandling.EventMessage;
import org.axonframework.eventhandling.GenericDomainEventMessage;
import org.axonframework.eventhandling.TrackedEventMessage;
import org.axonframework.eventhandling.TrackingToken;
import org.axonframework.eventsourcing.eventstore.DomainEventStream;
import org.axonframework.eventsourcing.eventstore.EventStorageEngine;
import org.axonframework.eventsourcing.eventstore.EventStoreException;
import org.axonframework.messaging.unitofwork.UnitOfWork;
import org.axonframework.modelling.command.ConcurrencyException;

/**
 * A store in memory that has transactions and breaks as asked, in the ways in which PostgreSQL can.
 */
final class TestStore implements EventStorageEngine, TransactionManager {

  /** An entry that no append takes. */
  static final String POISON = "poison";

  private static final String APPENDED = "test.appended";

  /** What happens to a transaction. */
  enum Fault {
    NONE,
    /** No connection is to be had. */
    NO_START,
    /** Reading several streams at once fails. */
    NO_READ,
    /** The append fails and rolls back. */
    NO_APPEND,
    /** Another node writes to each stream of the batch first. */
    OVERTAKEN,
    /** The connection is lost before the commit takes place. */
    LOST_BEFORE_COMMIT,
    /** The connection is lost after the commit took place. */
    LOST_AFTER_COMMIT,
    /** The same, and the store cannot be reached any more. */
    GONE_AFTER_COMMIT
  }

  /** Committed events; the position of an event is its index plus one. */
  private final List<DomainEventMessage<?>> events = new ArrayList<>();

  private final Queue<Fault> faults = new ArrayDeque<>();
  private final AtomicInteger overtakings = new AtomicInteger();
  final AtomicInteger commits = new AtomicInteger();

  /** Streams that were read together. */
  final List<List<String>> reads = Collections.synchronizedList(new ArrayList<>());

  /** How often a stream was read by itself. */
  final AtomicInteger singleReads = new AtomicInteger();

  volatile boolean unreachable;

  /** After a lost commit the next transaction asks for its outcome; it takes no fault. */
  private volatile boolean asking;

  /** Faults of the next transactions, one each. */
  void plan(List<Fault> next) {
    synchronized (faults) {
      faults.addAll(next);
    }
  }

  void planNothing() {
    synchronized (faults) {
      faults.clear();
    }
  }

  private Fault nextFault() {
    synchronized (faults) {
      return faults.isEmpty() ? Fault.NONE : faults.remove();
    }
  }

  private final ThreadLocal<Open> current = new ThreadLocal<>();

  private final class Open implements Transaction {
    private final Fault fault;
    private final List<DomainEventMessage<?>> kept = new ArrayList<>();
    private final List<DomainEventMessage<?>> appended = new ArrayList<>();
    private boolean committed;
    private boolean ended;

    Open(Fault fault) {
      this.fault = fault;
    }

    @Override
    public void commit() {
      if (committed) {
        return;
      }
      end();
      asking = fault == Fault.LOST_BEFORE_COMMIT || fault == Fault.LOST_AFTER_COMMIT;
      if (fault == Fault.LOST_BEFORE_COMMIT) {
        throw new IllegalStateException("connection lost before");
      }
      synchronized (events) {
        events.addAll(appended);
      }
      committed = true;
      commits.incrementAndGet();
      unreachable = fault == Fault.GONE_AFTER_COMMIT;
      if (fault == Fault.LOST_AFTER_COMMIT || fault == Fault.GONE_AFTER_COMMIT) {
        throw new IllegalStateException("connection lost after");
      }
    }

    @Override
    public void rollback() {
      if (!ended) {
        end();
      }
    }

    private void end() {
      if (ended) {
        throw new IllegalStateException("The transaction has ended");
      }
      ended = true;
      current.remove();
    }
  }

  @Override
  public Transaction startTransaction() {
    if (current.get() != null) {
      throw new IllegalStateException("A transaction was left open");
    }
    if (unreachable) {
      throw new IllegalStateException("unreachable");
    }
    Fault fault = asking ? Fault.NONE : nextFault();
    asking = false;
    if (fault == Fault.NO_START) {
      throw new IllegalStateException("no connection");
    }
    Open open = new Open(fault);
    current.set(open);
    return open;
  }

  AppendLog log() {
    return new AppendLog(
        root -> {},
        this::appendAndCommit,
        root -> root.<long[]>getOrDefaultResource(APPENDED, new long[2])[0],
        root -> root.<long[]>getOrDefaultResource(APPENDED, new long[2])[1],
        this::isCommitted,
        () -> {},
        this::readStreams,
        failure -> false);
  }

  /** Leaves out those that are named as long ones. */
  private Map<String, DomainEventStream> readStreams(Collection<String> streams) {
    if (current.get().fault == Fault.NO_READ) {
      throw new IllegalStateException("The streams could not be read");
    }
    reads.add(List.copyOf(streams));
    return streams.stream()
        .filter(stream -> !stream.startsWith("long"))
        .collect(Collectors.toMap(Function.identity(), stream -> readEvents(stream, 0)));
  }

  private boolean isCommitted(UnitOfWork<?> root) {
    Object id = root.getResource(APPENDED + ".id");
    synchronized (events) {
      return events.stream().anyMatch(event -> event.getIdentifier().equals(id));
    }
  }

  @Override
  public void appendEvents(List<? extends EventMessage<?>> list) {
    for (EventMessage<?> message : list) {
      current.get().kept.add((DomainEventMessage<?>) message);
    }
  }

  private void appendAndCommit(UnitOfWork<?> root) {
    Open open = current.get();
    if (open.kept.isEmpty()) {
      return;
    }
    if (open.fault == Fault.NO_APPEND) {
      throw new EventStoreException("The append failed");
    }
    synchronized (events) {
      for (DomainEventMessage<?> event : open.kept) {
        if (open.fault == Fault.OVERTAKEN) {
          overtake(event.getAggregateIdentifier());
        }
        if (((Written) event.getPayload()).entry().equals(POISON)) {
          throw new EventStoreException("The store cannot take this");
        }
        if (event.getSequenceNumber() < length(event.getAggregateIdentifier())) {
          throw new ConcurrencyException("Overtaken");
        }
        open.appended.add(event);
      }
      root.resources()
          .put(
              APPENDED,
              new long[] {events.size() + 1L, events.size() + (long) open.appended.size()});
      root.resources().put(APPENDED + ".id", open.appended.getFirst().getIdentifier());
    }
    open.commit();
  }

  private void overtake(String stream) {
    events.add(
        new GenericDomainEventMessage<>(
            "Ledger",
            stream,
            length(stream),
            new Written(stream, "other-" + overtakings.incrementAndGet())));
  }

  private long length(String stream) {
    return events.stream().filter(e -> e.getAggregateIdentifier().equals(stream)).count();
  }

  /** Committed entries in the order of their positions. */
  List<Written> written() {
    synchronized (events) {
      return events.stream().map(event -> (Written) event.getPayload()).toList();
    }
  }

  /** Committed entries of a stream, without those of other nodes. */
  List<String> written(String stream) {
    return written().stream()
        .filter(written -> written.stream().equals(stream))
        .map(Written::entry)
        .toList();
  }

  List<DomainEventMessage<?>> messages() {
    synchronized (events) {
      return List.copyOf(events);
    }
  }

  @Override
  public DomainEventStream readEvents(String stream) {
    singleReads.incrementAndGet();
    return readEvents(stream, 0);
  }

  @Override
  public DomainEventStream readEvents(String stream, long from) {
    synchronized (events) {
      return DomainEventStream.of(
          events.stream()
              .filter(e -> e.getAggregateIdentifier().equals(stream))
              .filter(e -> e.getSequenceNumber() >= from)
              .toList());
    }
  }

  @Override
  public void storeSnapshot(DomainEventMessage<?> snapshot) {
    throw new UnsupportedOperationException();
  }

  @Override
  public Stream<? extends TrackedEventMessage<?>> readEvents(TrackingToken token, boolean block) {
    return Stream.empty();
  }

  @Override
  public Optional<DomainEventMessage<?>> readSnapshot(String stream) {
    return Optional.empty();
  }

  @Override
  public TrackingToken createTailToken() {
    return null;
  }

  @Override
  public TrackingToken createHeadToken() {
    return null;
  }

  @Override
  public TrackingToken createTokenAt(Instant at) {
    return null;
  }
}
