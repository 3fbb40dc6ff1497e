package dev.lastunit.eventstore;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lastunit.ordering.api.OrderEvent.OrderConfirmed;
import dev.lastunit.ordering.api.OrderEvent.OrderDelivered;
import dev.lastunit.shared.api.CheckpointedEventHandler;
import dev.lastunit.shared.api.Event;
import dev.lastunit.shared.api.EventBatchHandler;
import dev.lastunit.shared.api.NodeName;
import dev.lastunit.shared.api.OrderId;
import dev.lastunit.shared.api.RecordedEvent;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import java.util.stream.LongStream;
import org.axonframework.eventhandling.GenericDomainEventMessage;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Rows and position commit together, whatever fails, whoever is killed, and however many nodes run
 * the same handler.
 */
class EventProcessorsTest {

  private static StoreDatabase database;

  private final List<Runnable> ends = new ArrayList<>();
  private final MeterRegistry meters = new SimpleMeterRegistry();

  @BeforeAll
  static void startDatabase() {
    database = new StoreDatabase();
    database.jdbc.execute("create table public.seen (position bigint not null, node text)");
  }

  @AfterAll
  static void stopDatabase() {
    database.close();
  }

  @BeforeEach
  void clear() {
    database.clear();
    database.jdbc.execute("truncate public.seen");
  }

  @AfterEach
  void stopNodes() {
    ends.forEach(Runnable::run);
  }

  /** Writes a row for each event. */
  private class Recorder implements EventBatchHandler {

    private final String node;
    private final AtomicInteger batches = new AtomicInteger();
    private volatile int failures;
    private volatile CountDownLatch hold = new CountDownLatch(0);
    private final CountDownLatch held = new CountDownLatch(1);

    Recorder(String node) {
      this.node = node;
    }

    @Override
    public String name() {
      return "test.recorder";
    }

    @Override
    public Set<Class<? extends Event>> concerns() {
      return Set.of(OrderConfirmed.class);
    }

    @Override
    public int batchSize() {
      return 10;
    }

    @Override
    public void handle(List<RecordedEvent> batch) {
      batches.incrementAndGet();
      for (RecordedEvent event : batch) {
        database.jdbc.update(
            "insert into public.seen (position, node) values (?, ?)", event.position(), node);
      }
      held.countDown();
      pauseUntil(hold);
      if (failures-- > 0) {
        throw new IllegalStateException("fails after it has written");
      }
    }
  }

  /** Keeps events in memory until it is told to write them. */
  private class Rememberer implements CheckpointedEventHandler {

    private final String node;
    private final List<Long> seen = new CopyOnWriteArrayList<>();
    private final List<Long> begun = new CopyOnWriteArrayList<>();
    private final List<Long> unwritten = new CopyOnWriteArrayList<>();
    private volatile CountDownLatch hold = new CountDownLatch(0);
    private volatile CountDownLatch holdWriting = new CountDownLatch(0);
    private volatile boolean writing;
    private volatile boolean wants;
    private volatile boolean lost;
    private volatile boolean failing;
    private volatile Runnable wake = () -> {};

    Rememberer(String node) {
      this.node = node;
    }

    @Override
    public String name() {
      return "test.recorder";
    }

    @Override
    public Set<Class<? extends Event>> concerns() {
      return Set.of(OrderConfirmed.class);
    }

    @Override
    public void begin(long seenUpTo, Runnable wakeUp) {
      begun.add(seenUpTo);
      unwritten.clear();
      wake = wakeUp;
    }

    @Override
    public void lost() {
      lost = true;
      unwritten.clear();
    }

    @Override
    public void handle(List<RecordedEvent> batch) {
      for (RecordedEvent event : batch) {
        seen.add(event.position());
        unwritten.add(event.position());
      }
      pauseUntil(hold);
    }

    @Override
    public boolean wantsCheckpoint() {
      return wants;
    }

    @Override
    public void checkpoint(boolean ending) {
      if (failing) {
        throw new IllegalStateException("cannot write");
      }
      for (long position : unwritten) {
        database.jdbc.update(
            "insert into public.seen (position, node) values (?, ?)", position, node);
      }
      writing = true;
      pauseUntil(holdWriting);
    }

    @Override
    public void committed() {
      wants = false;
      unwritten.clear();
    }

    @Override
    public long durableUpTo(long handledUpTo) {
      return unwritten.isEmpty() ? handledUpTo : unwritten.getFirst() - 1;
    }

    void write() {
      wants = true;
      wake.run();
    }
  }

  private EventProcessors node(String name, EventBatchHandler handler) {
    EventFeed feed = new EventFeed(database.engine, 20);
    feed.start();
    EventProcessors processors =
        new EventProcessors(
            List.of(handler),
            feed,
            database.head,
            database.jdbc,
            database.jdbcTransactions,
            new NodeName(name),
            new NodeProcessors(feed),
            meters,
            Clock.systemUTC());
    processors.start();
    ends.add(processors::stop);
    ends.add(feed::stop);
    return processors;
  }

  @Test
  void handlesEveryEventThatConcernsItOnce() {
    confirm(25);
    deliver();
    Recorder recorder = new Recorder("a");

    EventProcessors processors = node("a", recorder);
    await(() -> processors.of("test.recorder") == 26);

    assertThat(seen()).containsExactlyElementsOf(LongStream.rangeClosed(1, 25).boxed().toList());
    assertThat(recorder.batches).hasValue(3);
    assertThat(processors.all()).containsEntry("test.recorder", 26L);
    assertThat(meters.get("lastunit.projection.delay").tag("handler", "test.recorder").timer())
        .satisfies(delay -> assertThat(delay.count()).isEqualTo(25))
        .satisfies(delay -> assertThat(delay.max(TimeUnit.SECONDS)).isPositive());
  }

  @Test
  void commitsOfBatchesWaitForTheDisk() {
    assertThat(durabilityOf(new Recorder("a"), () -> {})).containsExactly("on");
  }

  @Test
  void commitsOfCheckpointsWaitForTheDiskWhateverTheyWriteBefore() {
    Rememberer rememberer =
        new Rememberer("a") {
          @Override
          public void checkpoint(boolean ending) {
            database.jdbc.queryForList("select set_config('synchronous_commit', 'off', true)");
            super.checkpoint(ending);
          }
        };

    assertThat(
            durabilityOf(
                rememberer,
                () -> {
                  await(() -> rememberer.seen.size() == 1);
                  rememberer.write();
                }))
        .containsExactly("on");
  }

  /**
   * With which durability a handler's row is committed. Without waiting for the disk a crash of the
   * database alone would undo what this node never handles again.
   */
  private List<String> durabilityOf(EventBatchHandler handler, Runnable write) {
    database.jdbc.execute("create table public.durability (setting text not null)");
    database.jdbc.execute(
        """
        create or replace function public.note_durability() returns trigger language plpgsql as $$
        begin
          insert into public.durability values (current_setting('synchronous_commit'));
          return null;
        end $$
        """);
    database.jdbc.execute(
        """
        create constraint trigger note_durability after insert on public.seen
        deferrable initially deferred for each row execute function public.note_durability()
        """);
    try {
      confirm(1);
      node("a", handler);
      write.run();
      await(() -> seen().size() == 1);
      return database.jdbc.queryForList("select setting from public.durability", String.class);
    } finally {
      database.jdbc.execute("drop trigger note_durability on public.seen");
      database.jdbc.execute("drop table public.durability");
    }
  }

  @Test
  void deliversAFailedBatchAgainAndSkipsNothing() {
    Recorder recorder = new Recorder("a");
    recorder.failures = 2;
    confirm(3);

    EventProcessors processors = node("a", recorder);
    await(() -> processors.of("test.recorder") == 3);

    assertThat(recorder.batches).hasValue(3);
    assertThat(seen()).containsExactly(1L, 2L, 3L);
  }

  @Test
  void goesOnAfterARestartWhereItWas() {
    EventProcessors first = node("a", new Recorder("first"));
    confirm(2);
    await(() -> first.of("test.recorder") == 2);
    first.stop();
    confirm(2);

    EventProcessors second = node("a", new Recorder("second"));
    await(() -> second.of("test.recorder") == 4);

    assertThat(seen()).containsExactly(1L, 2L, 3L, 4L);
  }

  @Test
  void storesAPositionThatAdvancedWithoutABatch() {
    EventProcessors processors = node("a", new Recorder("a"));
    deliver();
    await(() -> processors.of("test.recorder") == 1);

    processors.stop();

    assertThat(storedPosition()).isEqualTo(1);
    assertThat(owners()).isZero();
  }

  @Test
  void runsOnOneNodeOnlyAndOnTheOtherOnceThatHasStopped() {
    EventProcessors first = node("first", new Recorder("first"));
    EventProcessors second = node("second", new Recorder("second"));
    confirm(5);
    await(() -> first.of("test.recorder") == 5);
    await(() -> second.of("test.recorder") == 5);
    assertThat(nodesThatWrote()).containsExactly("first");

    first.stop();
    confirm(1);
    await(() -> seen().size() == 6);

    assertThat(nodesThatWrote()).containsExactly("first", "second");
    assertThat(seen()).containsExactly(1L, 2L, 3L, 4L, 5L, 6L);
  }

  @Test
  void rollsBackTheBatchOfANodeThatHasLostItsClaim() {
    Recorder hanging = new Recorder("hanging");
    hanging.hold = new CountDownLatch(1);
    node("first", hanging);
    confirm(3);
    await(() -> hanging.held.getCount() == 0);

    database.jdbc.update(
        "update eventstore.processor set owner = 'second', claimed_until = now() + interval '1 h'");
    hanging.hold.countDown();
    EventProcessors second = node("second", new Recorder("second"));
    await(() -> second.of("test.recorder") == 3);

    assertThat(seen()).containsExactly(1L, 2L, 3L);
    assertThat(nodesThatWrote()).containsExactly("second");
  }

  /** As after a long pause in which another node took over, went on, and stopped. */
  @Test
  void rollsBackABatchThatAnotherNodeHandledMeanwhile() {
    Recorder hanging = new Recorder("hanging");
    hanging.hold = new CountDownLatch(1);
    EventProcessors first = node("first", hanging);
    confirm(3);
    await(() -> hanging.held.getCount() == 0);

    database.jdbc.update("update eventstore.processor set position = 3");
    hanging.hold.countDown();
    await(() -> first.of("test.recorder") == 3);
    confirm(1);
    await(() -> first.of("test.recorder") == 4);

    assertThat(seen()).containsExactly(4L);
  }

  @Test
  void storesAPositionOnlyUpToWhatACheckpointHasWritten() {
    confirm(2);
    Rememberer handler = new Rememberer("a");
    EventProcessors processors = node("a", handler);
    confirm(2);
    await(() -> processors.of("test.recorder") == 4);
    pause(1_500);
    assertThat(storedPosition()).isZero();
    assertThat(seen()).isEmpty();
    assertThat(handler.begun).containsExactly(2L);

    handler.write();
    await(() -> seen().size() == 4);
    await(() -> storedPosition() == 4);
    confirm(1);
    await(() -> handler.seen.size() == 5);
    processors.stop();

    assertThat(storedPosition()).isEqualTo(5);
    assertThat(seen()).containsExactly(1L, 2L, 3L, 4L, 5L);
  }

  @Test
  void deliversAgainWhatNoCheckpointHasWritten() {
    Rememberer first = new Rememberer("a");
    EventProcessors processors = node("a", first);
    confirm(2);
    await(() -> first.seen.size() == 2);
    first.write();
    await(() -> seen().size() == 2);
    confirm(2);
    await(() -> first.seen.size() == 4);
    first.failing = true;
    processors.stop();

    Rememberer second = new Rememberer("a");
    node("a", second);
    await(() -> second.seen.size() == 2);

    assertThat(second.seen).containsExactly(3L, 4L);
    assertThat(second.begun).containsExactly(4L);
  }

  @Test
  void rollsBackTheCheckpointOfANodeThatHasLostItsClaimAndTellsIt() {
    Rememberer first = new Rememberer("first");
    node("first", first);
    confirm(2);
    await(() -> first.seen.size() == 2);

    database.jdbc.update(
        "update eventstore.processor set owner = 'second', claimed_until = now() + interval '1 h'");
    first.write();
    await(() -> first.lost);
    Rememberer second = new Rememberer("second");
    node("second", second);
    await(() -> second.seen.size() == 2);
    second.write();
    await(() -> seen().size() == 2);

    assertThat(nodesThatWrote()).containsExactly("second");
  }

  /** As after a pause in which another node took over and died. */
  @Test
  void beginsAnewFromTheStoredPositionWhenItGetsItsClaimBack() {
    Rememberer handler = new Rememberer("a");
    EventProcessors processors = node("a", handler);
    confirm(2);
    await(() -> handler.seen.size() == 2);

    database.jdbc.update(
        "update eventstore.processor set owner = 'b', claimed_until = now() - interval '1 s'");
    await(() -> handler.begun.size() == 2);
    await(() -> handler.seen.size() == 4);
    confirm(1);
    await(() -> processors.of("test.recorder") == 3);

    assertThat(handler.seen).containsExactly(1L, 2L, 1L, 2L, 3L);
    assertThat(handler.begun).containsExactly(0L, 2L);
    assertThat(storedPosition()).isZero();
  }

  /** As after a pause in the middle of a batch; another node went on meanwhile, and died. */
  @Test
  void beginsAnewAlsoWhenABatchOfTheEarlierClaimEndsAfterwards() {
    confirm(3);
    Rememberer handler = new Rememberer("a");
    handler.hold = new CountDownLatch(1);
    EventProcessors processors = node("a", handler);
    await(() -> handler.seen.size() == 3);

    database.jdbc.update(
        "update eventstore.processor set position = 1, owner = 'b',"
            + " claimed_until = now() - interval '1 s'");
    // Only a follower that was set back for a new claim says so.
    await(() -> processors.of("test.recorder") == 1);
    handler.hold.countDown();
    await(() -> handler.seen.size() == 5);
    await(() -> processors.of("test.recorder") == 3);

    assertThat(handler.seen).containsExactly(1L, 2L, 3L, 2L, 3L);
    assertThat(handler.begun).hasSize(2);
    assertThat(handler.unwritten).containsExactly(2L, 3L);
  }

  /** As after a pause in the middle of writing; another node wrote more meanwhile, and died. */
  @Test
  void rollsBackTheCheckpointOfAnEarlierClaimOfTheSameNode() {
    confirm(3);
    Rememberer handler = new Rememberer("a");
    handler.holdWriting = new CountDownLatch(1);
    EventProcessors processors = node("a", handler);
    await(() -> handler.seen.size() == 3);
    handler.write();
    await(() -> handler.writing);

    database.jdbc.update(
        "update eventstore.processor set position = 2, owner = 'b',"
            + " claimed_until = now() - interval '1 s'");
    // Only a follower that was set back for a new claim says so.
    await(() -> processors.of("test.recorder") == 2);
    handler.holdWriting.countDown();
    await(() -> handler.begun.size() == 2 && handler.seen.size() == 4);
    assertThat(seen()).isEmpty();
    handler.write();
    await(() -> !seen().isEmpty());

    assertThat(handler.seen).containsExactly(1L, 2L, 3L, 3L);
    assertThat(seen()).containsExactly(3L);
  }

  @Test
  void leavesAloneWhatItDoesNotRun() {
    database.jdbc.update("insert into eventstore.processor (name) values ('another.role')");

    EventProcessors processors = node("a", new Recorder("a"));
    confirm(1);
    await(() -> processors.of("test.recorder") == 1);

    assertThat(one("select count(*) from eventstore.processor where owner = 'a'")).isEqualTo(1);
  }

  @Test
  void takesOverFromANodeThatDied() {
    database.jdbc.update(
        "insert into eventstore.processor (name, position, owner, claimed_until)"
            + " values ('test.recorder', 1, 'dead', now() + interval '2 s')");
    confirm(3);

    EventProcessors second = node("second", new Recorder("second"));
    await(() -> second.of("test.recorder") == 3);

    assertThat(seen()).containsExactly(2L, 3L);
  }

  private static void confirm(int count) {
    for (int i = 0; i < count; i++) {
      OrderId id = new OrderId("ord-" + NEXT.incrementAndGet());
      append(id, new OrderConfirmed(id));
    }
  }

  private static void deliver() {
    OrderId id = new OrderId("ord-" + NEXT.incrementAndGet());
    append(id, new OrderDelivered(id));
  }

  private static final AtomicInteger NEXT = new AtomicInteger();

  private static void append(OrderId id, Event event) {
    database.append(List.of(new GenericDomainEventMessage<>("order", id.stream(), 0, event)));
  }

  private static List<Long> seen() {
    return database.jdbc.queryForList(
        "select position from public.seen order by position", Long.class);
  }

  private static List<String> nodesThatWrote() {
    return database.jdbc.queryForList(
        "select distinct node from public.seen order by node", String.class);
  }

  private static long storedPosition() {
    return one("select position from eventstore.processor");
  }

  private static long owners() {
    return one("select count(*) from eventstore.processor where owner is not null");
  }

  private static long one(String sql) {
    Long value = database.jdbc.queryForObject(sql, Long.class);
    return value == null ? -1 : value;
  }

  private static void pauseUntil(CountDownLatch released) {
    try {
      released.await(20, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static void pause(long millis) {
    try {
      Thread.sleep(millis);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static void await(BooleanSupplier condition) {
    long deadline = System.nanoTime() + Duration.ofSeconds(20).toNanos();
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime()).as("within 20 s").isLessThan(deadline);
      try {
        Thread.sleep(5);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
