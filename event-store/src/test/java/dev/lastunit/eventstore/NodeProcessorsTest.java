package dev.lastunit.eventstore;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lastunit.ordering.api.OrderEvent.OrderConfirmed;
import dev.lastunit.ordering.api.OrderEvent.OrderDelivered;
import dev.lastunit.shared.api.Event;
import dev.lastunit.shared.api.NodeEventHandler;
import dev.lastunit.shared.api.NodeEvents.Following;
import dev.lastunit.shared.api.NodeName;
import dev.lastunit.shared.api.OrderId;
import dev.lastunit.shared.api.RecordedEvent;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import java.util.stream.LongStream;
import org.axonframework.eventhandling.GenericDomainEventMessage;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a node keeps for itself gets every event, at a pace, from its own position. */
class NodeProcessorsTest {

  private static final AtomicInteger NEXT = new AtomicInteger();

  private static StoreDatabase database;

  private final List<Runnable> ends = new ArrayList<>();
  private EventFeed feed;
  private NodeProcessors processors;

  @BeforeAll
  static void startDatabase() {
    database = new StoreDatabase();
  }

  @AfterAll
  static void stopDatabase() {
    database.close();
  }

  @BeforeEach
  void start() {
    database.clear();
    feed = new EventFeed(database.engine, 20);
    feed.start();
    processors = new NodeProcessors(feed);
    processors.start();
    ends.add(processors::stop);
    ends.add(feed::stop);
  }

  @AfterEach
  void stop() {
    ends.forEach(Runnable::run);
  }

  /** Keeps positions in memory, as something that is on the node's disk would. */
  private static class Keeper implements NodeEventHandler {

    private final List<Long> taken = new CopyOnWriteArrayList<>();
    private final List<Long> kept = new CopyOnWriteArrayList<>();
    private final AtomicInteger opened = new AtomicInteger();
    private final AtomicInteger published = new AtomicInteger();
    private volatile long position;
    private volatile long readyUpTo = Long.MAX_VALUE;
    private volatile Duration pace = Duration.ZERO;
    private volatile boolean awaited;
    private volatile boolean closed;
    private volatile int failures;
    private volatile Runnable wake = () -> {};

    @Override
    public String name() {
      return "test.keeper";
    }

    @Override
    public Set<Class<? extends Event>> concerns() {
      return Set.of(OrderConfirmed.class);
    }

    @Override
    public long open(Runnable wakeUp) {
      opened.incrementAndGet();
      wake = wakeUp;
      taken.clear();
      taken.addAll(kept);
      return position;
    }

    @Override
    public void handle(List<RecordedEvent> batch, long upTo) {
      batch.forEach(event -> taken.add(event.position()));
      if (!batch.isEmpty() && failures-- > 0) {
        throw new IllegalStateException("fails after it has taken them");
      }
      position = upTo;
    }

    @Override
    public void publish() {
      published.incrementAndGet();
      kept.clear();
      kept.addAll(taken);
    }

    @Override
    public boolean isAwaited() {
      return awaited;
    }

    @Override
    public Duration pace() {
      return pace;
    }

    @Override
    public long readyUpTo() {
      return readyUpTo;
    }

    @Override
    public int batchSize() {
      return 10;
    }

    @Override
    public void close() {
      closed = true;
    }
  }

  @Test
  void getsWhatWasThereAndWhatComes() {
    confirm(25);
    deliver();
    Keeper keeper = new Keeper();
    Following following = processors.follow(keeper);
    await(() -> following.position() == 26);
    assertThat(following.isLive()).isTrue();

    confirm(2);
    await(() -> following.position() == 28);
    assertThat(keeper.kept).hasSize(27).isSorted().startsWith(1L).endsWith(28L);
    assertThat(processors.positions()).containsEntry("test.keeper", 28L);
    deliver();
    await(() -> following.position() == 29);
  }

  @Test
  void isOpenedAgainAfterAFailureAndSkipsNothing() {
    Keeper keeper = new Keeper();
    keeper.failures = 2;
    confirm(3);
    Following following = processors.follow(keeper);
    await(() -> following.position() == 3);

    assertThat(keeper.opened).hasValue(3);
    assertThat(keeper.kept).containsExactly(1L, 2L, 3L);
  }

  @Test
  void goesOnFromThePositionThatItKeeps() {
    confirm(5);
    Keeper keeper = new Keeper();
    keeper.position = 3;
    Following following = processors.follow(keeper);
    await(() -> following.position() == 5);
    assertThat(keeper.kept).containsExactly(4L, 5L);
  }

  @Test
  void publishesAtItsPaceUnlessSomebodyWaits() {
    Keeper keeper = new Keeper();
    keeper.pace = Duration.ofHours(1);
    Following following = processors.follow(keeper);
    confirm(1);
    await(() -> !keeper.taken.isEmpty());
    confirm(3);
    await(() -> keeper.taken.size() == 4);
    assertThat(keeper.published.get()).isLessThanOrEqualTo(1);
    assertThat(following.isLive()).isFalse();

    keeper.awaited = true;
    keeper.wake.run();
    await(() -> following.position() == 4);
    assertThat(keeper.kept).containsExactly(1L, 2L, 3L, 4L);
  }

  @Test
  void holdsBackWhatItIsNotReadyFor() {
    Keeper keeper = new Keeper();
    keeper.readyUpTo = 2;
    confirm(4);
    Following following = processors.follow(keeper);
    await(() -> following.position() == 2);
    assertThat(keeper.kept).containsExactly(1L, 2L);

    keeper.readyUpTo = 4;
    await(() -> following.position() == 4);
    assertThat(keeper.kept).containsExactly(1L, 2L, 3L, 4L);
  }

  @Test
  void isClosedWhenItIsStoppedAndNamedNoLonger() {
    Keeper keeper = new Keeper();
    Following following = processors.follow(keeper);
    confirm(1);
    await(() -> following.position() == 1);
    following.stop();
    confirm(1);

    assertThat(keeper.closed).isTrue();
    assertThat(keeper.kept).containsExactly(1L);
    assertThat(processors.positions()).isEmpty();
  }

  @Test
  void isToldWithThePositionsOfAllHandlers() {
    Following following = processors.follow(new Keeper());
    EventProcessors all =
        new EventProcessors(
            List.of(),
            feed,
            database.head,
            database.jdbc,
            database.jdbcTransactions,
            new NodeName("a"),
            processors,
            new SimpleMeterRegistry(),
            Clock.systemUTC());
    confirm(2);
    await(() -> following.position() == 2);

    assertThat(all.of("test.keeper")).isEqualTo(2);
    assertThat(all.all()).containsEntry("test.keeper", 2L);
  }

  private static void confirm(int count) {
    LongStream.range(0, count)
        .forEach(
            i -> {
              OrderId id = new OrderId("ord-" + NEXT.incrementAndGet());
              append(id, new OrderConfirmed(id));
            });
  }

  private static void deliver() {
    OrderId id = new OrderId("ord-" + NEXT.incrementAndGet());
    append(id, new OrderDelivered(id));
  }

  private static void append(OrderId id, Event event) {
    database.append(List.of(new GenericDomainEventMessage<>("order", id.stream(), 0, event)));
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
