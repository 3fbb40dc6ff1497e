package dev.lastunit.eventstore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lastunit.ordering.api.OrderEvent.OrderConfirmed;
import dev.lastunit.shared.api.OrderId;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import java.util.stream.LongStream;
import org.axonframework.common.transaction.Transaction;
import org.axonframework.eventhandling.DomainEventMessage;
import org.axonframework.eventhandling.GenericDomainEventMessage;
import org.axonframework.eventhandling.GlobalSequenceTrackingToken;
import org.axonframework.eventhandling.TrackedEventMessage;
import org.axonframework.eventhandling.TrackingToken;
import org.axonframework.eventsourcing.eventstore.DomainEventStream;
import org.axonframework.eventsourcing.eventstore.EventStoreException;
import org.axonframework.messaging.unitofwork.DefaultUnitOfWork;
import org.axonframework.modelling.command.AggregateStreamCreationException;
import org.axonframework.modelling.command.ConcurrencyException;
import org.axonframework.serialization.SerializationException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * The engine against a real PostgreSQL: positions have no gaps and grow in commit order, also with
 * many writers and rolled-back appends; a stream's sequence is unique; what was written reads back
 * equal.
 */
class PostgresEventStorageEngineTest {

  private static StoreDatabase database;

  @BeforeAll
  static void startDatabase() {
    database = new StoreDatabase();
  }

  @AfterAll
  static void stopDatabase() {
    database.close();
  }

  @BeforeEach
  void emptyStore() {
    database.clear();
  }

  @Test
  void readsBackWhatWasWritten() {
    DomainEventMessage<?> first = event("ord-a", 0).andMetaData(Map.of("subject", "customer-1"));

    database.append(List.of(first, event("ord-a", 1)));

    List<? extends DomainEventMessage<?>> read =
        database.engine.readEvents("order-ord-a", 0).asStream().toList();
    assertThat(read).extracting(DomainEventMessage::getSequenceNumber).containsExactly(0L, 1L);
    assertThat(read.getFirst().getPayload()).isEqualTo(first.getPayload());
    assertThat(read.getFirst().getMetaData()).containsEntry("subject", "customer-1");
    assertThat(read.getFirst().getIdentifier()).isEqualTo(first.getIdentifier());
    assertThat(read.getFirst().getTimestamp().toEpochMilli())
        .isEqualTo(first.getTimestamp().toEpochMilli());
  }

  @Test
  void storesLogicalTypeNamesAndRevisions() {
    database.append(List.of(event("ord-a", 0)));

    assertThat(database.jdbc.queryForList("select type || '@' || revision from eventstore.event"))
        .extracting(row -> row.values().iterator().next())
        .containsExactly("ordering.OrderConfirmed@1");
  }

  @Test
  void reportsThePositionOfTheLastEventToTheUnitOfWork() {
    database.append(List.of(event("ord-a", 0)));

    database.inUnitOfWork(
        unitOfWork -> {
          database.engine.appendEvents(List.of(event("ord-b", 0), event("ord-b", 1)));
          assertThat(database.engine.firstAppended(unitOfWork)).isEqualTo(2);
          assertThat(database.engine.lastAppended(unitOfWork)).isEqualTo(3);
        });
  }

  @Test
  void tellsTheListenerAfterTheCommitAndNotBefore() {
    List<Long> told = new ArrayList<>();
    database.engine.tell((first, events) -> told.addAll(List.of(first, (long) events.size())));

    database.appendAndRollBack(List.of(event("ord-x", 0)));
    database.inUnitOfWork(
        unitOfWork -> {
          database.engine.appendEvents(List.of(event("ord-b", 0), event("ord-b", 1)));
          assertThat(told).isEmpty();
        });

    assertThat(told).containsExactly(1L, 2L);
  }

  @Test
  void knowsTheRangeOfSeveralAppendsOfOneUnitOfWork() {
    database.append(List.of(event("ord-a", 0)));

    database.inUnitOfWork(
        unitOfWork -> {
          database.engine.appendEvents(List.of(event("ord-b", 0)));
          database.engine.appendEvents(List.of(event("ord-c", 0), event("ord-b", 1)));
          assertThat(database.engine.firstAppended(unitOfWork)).isEqualTo(2);
          assertThat(database.engine.lastAppended(unitOfWork)).isEqualTo(4);
        });

    assertThat(database.head.position()).isGreaterThanOrEqualTo(4);
  }

  @Test
  void tellsWhetherAnAppendIsCommitted() {
    DefaultUnitOfWork<?>[] ended = new DefaultUnitOfWork<?>[3];
    database.inUnitOfWork(
        unitOfWork -> {
          database.engine.appendEvents(List.of(event("ord-a", 0)));
          ended[0] = unitOfWork;
        });
    assertThatThrownBy(
            () ->
                database.inUnitOfWork(
                    unitOfWork -> {
                      database.engine.appendEvents(List.of(event("ord-b", 0)));
                      ended[1] = unitOfWork;
                      throw new IllegalStateException("rolled back");
                    }))
        .hasMessage("rolled back");
    database.inUnitOfWork(unitOfWork -> ended[2] = unitOfWork);
    // Somebody else takes the position of what was rolled back.
    database.append(List.of(event("ord-c", 0)));

    database.inUnitOfWork(
        unitOfWork -> {
          assertThat(database.engine.isCommitted(ended[0])).isTrue();
          assertThat(database.engine.isCommitted(ended[1])).isFalse();
          assertThat(database.engine.isCommitted(ended[2])).isFalse();
        });
  }

  /** A unit of work with events that are kept for their commit; its transaction is the caller's. */
  private static DefaultUnitOfWork<?> kept(DomainEventMessage<?>... events) {
    DefaultUnitOfWork<?> root = DefaultUnitOfWork.startAndGet(null);
    database.engine.commitTogether(root);
    database.engine.appendEvents(List.of(events));
    return root;
  }

  @Test
  void appendsAndCommitsTogether() {
    List<Long> told = new ArrayList<>();
    database.engine.tell((first, events) -> told.addAll(List.of(first, (long) events.size())));
    database.append(List.of(event("ord-a", 0)));
    told.clear();
    DefaultUnitOfWork<?> root = kept(event("ord-b", 0), event("ord-b", 1));
    assertThat(positions()).containsExactly(1L);

    Transaction transaction = database.transactions.startTransaction();
    database.engine.appendAndCommit(root);
    assertThat(onAnotherThread(PostgresEventStorageEngineTest::positions))
        .as("seen by others before the transaction's own commit")
        .containsExactly(1L, 2L, 3L);
    transaction.commit();

    assertThat(told).isEmpty();
    root.commit();
    assertThat(told).containsExactly(2L, 2L);
    assertThat(database.engine.firstAppended(root)).isEqualTo(2);
    assertThat(database.engine.lastAppended(root)).isEqualTo(3);
  }

  private static <T> T onAnotherThread(Supplier<T> question) {
    return CompletableFuture.supplyAsync(question).join();
  }

  @Test
  void saysWhenCertainlyNothingWasCommitted() {
    database.append(List.of(event("ord-a", 0), event("ord-a", 1)));
    DefaultUnitOfWork<?> root = kept(event("ord-b", 0), event("ord-a", 1));

    assertThatThrownBy(() -> database.inTransaction(() -> database.engine.appendAndCommit(root)))
        .isInstanceOf(AggregateStreamCreationException.class);

    root.rollback();
    assertThat(positions()).containsExactly(1L, 2L);
    assertThat(database.engine.firstAppended(root)).isZero();
  }

  @Test
  void recordsNothingOnceItWasSaidToBeUncommitted() {
    DefaultUnitOfWork<?> root = kept(event("ord-a", 0));
    boolean[] committed = new boolean[1];
    database.inTransaction(() -> committed[0] = database.engine.isCommitted(root));
    assertThat(committed[0]).isFalse();

    // What was on its way all the time arrives.
    assertThatThrownBy(() -> database.inTransaction(() -> database.engine.appendAndCommit(root)))
        .isInstanceOf(EventStoreException.class)
        .hasMessageContaining("given up");

    root.rollback();
    assertThat(positions()).isEmpty();
  }

  @Test
  void findsThatAnAppendIsCommittedWhoseAnswerWasLost() {
    database.append(List.of(event("ord-a", 0)));
    DefaultUnitOfWork<?> root = kept(event("ord-b", 0), event("ord-b", 1));
    database.inTransaction(() -> database.engine.appendAndCommit(root));
    root.rollback();
    DefaultUnitOfWork<?> late = kept(event("ord-c", 0));
    late.rollback();
    List<Long> told = new ArrayList<>();
    database.engine.tell((first, events) -> told.addAll(List.of(first, (long) events.size())));

    boolean[] committed = new boolean[2];
    database.inTransaction(() -> committed[0] = database.engine.isCommitted(root));
    database.inTransaction(() -> committed[1] = database.engine.isCommitted(late));

    assertThat(committed).containsExactly(true, false);
    assertThat(told).containsExactly(2L, 2L);
  }

  @Test
  void refusesASecondFirstEventOfAStream() {
    database.append(List.of(event("ord-a", 0)));

    assertThatThrownBy(() -> database.append(List.of(event("ord-a", 0))))
        .isInstanceOf(AggregateStreamCreationException.class);
    assertThat(positions()).containsExactly(1L);
  }

  @Test
  void refusesASequenceThatExists() {
    database.append(List.of(event("ord-a", 0), event("ord-a", 1)));

    assertThatThrownBy(() -> database.append(List.of(event("ord-a", 1))))
        .isInstanceOf(ConcurrencyException.class);
  }

  @Test
  void takesNothingOnceEventsThatItKnowsHaveVanished() {
    database.append(List.of(event("ord-a", 0), event("ord-b", 0)));
    database.jdbc.execute("truncate eventstore.event, eventstore.stream_event");

    assertThatThrownBy(() -> database.append(List.of(event("ord-c", 0))))
        .isInstanceOf(EventStoreException.class);
    assertThat(positions()).isEmpty();
  }

  @Test
  void leavesNoGapBehindAfterARollback() {
    database.append(List.of(event("ord-a", 0)));
    database.appendAndRollBack(List.of(event("ord-b", 0), event("ord-b", 1)));
    database.append(List.of(event("ord-c", 0)));

    assertThat(positions()).containsExactly(1L, 2L);
  }

  @Test
  void readsOnAfterAToken() {
    for (int i = 0; i < 250; i++) {
      database.append(List.of(event("ord-" + i, 0)));
    }

    assertThat(tracked(new GlobalSequenceTrackingToken(100)))
        .containsExactlyElementsOf(LongStream.rangeClosed(101, 250).boxed().toList());
    assertThat(tracked(null)).hasSize(250);
    assertThat(database.engine.createHeadToken()).isEqualTo(new GlobalSequenceTrackingToken(250));
    assertThat(database.engine.createTokenAt(Instant.EPOCH)).isNull();
  }

  @Test
  void neverShowsAReaderAPositionBeforeAnEarlierOne() throws Exception {
    int writers = 8;
    int appends = 150;
    AtomicBoolean writing = new AtomicBoolean(true);
    try (ExecutorService threads = Executors.newFixedThreadPool(writers + 1)) {
      Future<List<Long>> reader = threads.submit(() -> follow(writing));
      List<Future<?>> work = new ArrayList<>();
      for (int w = 0; w < writers; w++) {
        int writer = w;
        work.add(threads.submit(() -> write(writer, appends)));
      }
      for (Future<?> done : work) {
        done.get();
      }
      writing.set(false);

      List<Long> seen = reader.get();

      assertThat(seen)
          .containsExactlyElementsOf(LongStream.rangeClosed(1, seen.size()).boxed().toList());
      assertThat((long) seen.size()).isEqualTo(database.engine.lastPosition());
    }
  }

  private static void write(int writer, int appends) {
    for (int i = 0; i < appends; i++) {
      String order = "ord-" + writer + "-" + i;
      List<DomainEventMessage<?>> events = new ArrayList<>();
      int size = 1 + ThreadLocalRandom.current().nextInt(4);
      for (int sequence = 0; sequence < size; sequence++) {
        events.add(event(order, sequence));
      }
      if (ThreadLocalRandom.current().nextInt(5) == 0) {
        database.appendAndRollBack(events);
      } else {
        database.append(events);
      }
    }
  }

  private static List<Long> follow(AtomicBoolean writing) {
    List<Long> seen = new ArrayList<>();
    TrackingToken last = null;
    while (true) {
      boolean more = writing.get();
      List<? extends TrackedEventMessage<?>> events =
          database.engine.readEvents(last, false).toList();
      if (!events.isEmpty()) {
        events.forEach(event -> seen.add(event.trackingToken().position().orElseThrow()));
        last = events.getLast().trackingToken();
      } else if (!more) {
        return seen;
      }
    }
  }

  @Test
  void stopsAtATypeThatItDoesNotKnow() {
    database.append(List.of(event("ord-a", 0)));
    database.jdbc.update("update eventstore.event set type = 'ordering.OrderForgotten'");

    assertThatThrownBy(
            () ->
                database
                    .engine
                    .readEvents("order-ord-a", 0)
                    .asStream()
                    .forEach(DomainEventMessage::getPayload))
        .isInstanceOf(SerializationException.class)
        .hasMessageContaining("ordering.OrderForgotten");
  }

  @Test
  void keepsTheLatestSnapshotOnly() {
    database.engine.storeSnapshot(snapshot(10));
    database.engine.storeSnapshot(snapshot(30));
    database.engine.storeSnapshot(snapshot(20));

    assertThat(database.engine.readSnapshot("test-a"))
        .hasValueSatisfying(
            snapshot -> {
              assertThat(snapshot.getSequenceNumber()).isEqualTo(30);
              assertThat(snapshot.getPayload()).isEqualTo(new StoreDatabase.Counter(30));
            });
  }

  @Test
  void leavesASnapshotOfAnotherRevisionAside() {
    database.engine.storeSnapshot(snapshot(10));
    database.jdbc.update("update eventstore.snapshot set revision = '0'");

    assertThat(database.engine.readSnapshot("test-a")).isEmpty();
  }

  @Test
  void readsSeveralStreamsAtOnce() {
    database.append(List.of(event("ord-a", 0), event("ord-b", 0), event("ord-a", 1)));

    Map<String, DomainEventStream> read =
        database.engine.readStreams(List.of("order-ord-b", "order-ord-none", "order-ord-a"));

    assertThat(read).containsOnlyKeys("order-ord-a", "order-ord-b", "order-ord-none");
    assertThat(read.get("order-ord-none").hasNext()).isFalse();
    assertThat(sequences(read.get("order-ord-b"))).containsExactly(0L);
    List<? extends DomainEventMessage<?>> one =
        database.engine.readEvents("order-ord-a").asStream().toList();
    List<? extends DomainEventMessage<?>> other = read.get("order-ord-a").asStream().toList();
    assertThat(other)
        .extracting(DomainEventMessage::getPayload)
        .isEqualTo(one.stream().map(DomainEventMessage::getPayload).toList());
    assertThat(sequences(DomainEventStream.of(other))).containsExactly(0L, 1L);
  }

  @Test
  void readsAStreamFromItsSnapshotOn() {
    List<DomainEventMessage<?>> events = new ArrayList<>();
    for (int sequence = 0; sequence < 600; sequence++) {
      events.add(new GenericDomainEventMessage<>("test", "test-a", sequence, payload()));
    }
    database.append(events);
    assertThat(database.engine.readStreams(List.of("test-a"))).as("too long").isEmpty();
    database.engine.storeSnapshot(snapshot(580));

    List<? extends DomainEventMessage<?>> read =
        database.engine.readStreams(List.of("test-a")).get("test-a").asStream().toList();

    assertThat(read).hasSize(20);
    assertThat(read.getFirst().getPayload()).isEqualTo(new StoreDatabase.Counter(580));
    assertThat(read).extracting(DomainEventMessage::getSequenceNumber).isSorted().endsWith(599L);
    database.jdbc.update("update eventstore.snapshot set revision = '0'");
    assertThat(database.engine.readStreams(List.of("test-a"))).as("another form").isEmpty();
  }

  @Test
  void readsNoMoreThanSomeThousandEventsAtOnce() {
    List<String> streams = new ArrayList<>();
    for (int i = 0; i < 22; i++) {
      List<DomainEventMessage<?>> events = new ArrayList<>();
      for (int sequence = 0; sequence < 480; sequence++) {
        events.add(event("ord-" + i, sequence));
      }
      database.append(events);
      streams.add("order-ord-" + i);
    }

    Map<String, DomainEventStream> read = database.engine.readStreams(streams);

    assertThat(read.keySet()).containsExactlyInAnyOrderElementsOf(streams.subList(0, 20));
    assertThat(read.values()).allSatisfy(events -> assertThat(sequences(events)).hasSize(480));
  }

  @Test
  void learnsTheHeadFromWhatItReadsTogether() {
    database.append(List.of(event("ord-a", 0), event("ord-b", 0)));
    StoreHead head = new StoreHead();
    PostgresEventStorageEngine other = database.engine(head);

    other.readStreams(List.of("order-ord-none"));

    assertThat(head.position()).isEqualTo(2);
  }

  private static List<Long> sequences(DomainEventStream events) {
    return events
        .asStream()
        .map(DomainEventMessage::getSequenceNumber)
        .map(Long.class::cast)
        .toList();
  }

  private static OrderConfirmed payload() {
    return new OrderConfirmed(new OrderId("ord-a"));
  }

  private static DomainEventMessage<?> snapshot(int sequence) {
    return new GenericDomainEventMessage<>(
        "test", "test-a", sequence, new StoreDatabase.Counter(sequence));
  }

  private static GenericDomainEventMessage<OrderConfirmed> event(String orderId, long sequence) {
    OrderId id = new OrderId(orderId);
    return new GenericDomainEventMessage<>("order", id.stream(), sequence, new OrderConfirmed(id));
  }

  private static List<Long> positions() {
    return database.jdbc.queryForList(
        "select position from eventstore.event order by position", Long.class);
  }

  private static List<Long> tracked(TrackingToken after) {
    return database
        .engine
        .readEvents(after, false)
        .map(event -> event.trackingToken().position().orElseThrow())
        .toList();
  }
}
