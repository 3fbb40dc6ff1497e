package dev.lastunit.eventstore;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lastunit.ordering.api.OrderEvent;
import dev.lastunit.ordering.api.OrderEvent.OrderConfirmed;
import dev.lastunit.ordering.api.OrderEvent.OrderDelivered;
import dev.lastunit.payment.api.PaymentEvent;
import dev.lastunit.shared.api.Event;
import dev.lastunit.shared.api.OrderId;
import dev.lastunit.shared.api.RecordedEvent;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.axonframework.eventhandling.DomainEventMessage;
import org.axonframework.eventhandling.GenericDomainEventMessage;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Followers see every event that concerns them once and in order: handed over or read, early, late,
 * or appended by another node.
 */
class EventFeedTest {

  private static StoreDatabase database;

  private EventFeed feed;

  @BeforeAll
  static void startDatabase() {
    database = new StoreDatabase();
  }

  @AfterAll
  static void stopDatabase() {
    database.close();
  }

  @BeforeEach
  void startFeed() {
    database.clear();
    feed = new EventFeed(database.engine, 50);
    feed.start();
  }

  @AfterEach
  void stopFeed() {
    feed.stop();
  }

  @Test
  void handsOnWhatThisNodeAppends() {
    database.engine.tell(feed);
    EventFeed.Follower follower = feed.follow(List.of(OrderEvent.class));

    database.append(List.of(confirmed("a", 0), delivered("a", 1)));

    assertThat(follower.isBehind()).isTrue();
    EventFeed.Slice slice = follower.next(10);
    assertThat(slice.upTo()).isEqualTo(2);
    assertThat(slice.events()).extracting(RecordedEvent::position).containsExactly(1L, 2L);
    assertThat(slice.events()).isEqualTo(database.engine.read(0, 10, type -> true).events());
  }

  @Test
  void putsInOrderWhatCommitsHandOverOutOfOrder() {
    EventFeed.Follower follower = feed.follow(List.of(OrderEvent.class));

    feed.committed(3, List.of(confirmed("c", 0)));
    assertThat(follower.isBehind()).isFalse();
    assertThat(feed.head()).isZero();
    feed.committed(2, List.of(confirmed("b", 0)));
    feed.committed(1, List.of(confirmed("a", 0)));

    assertThat(follower.next(10).events())
        .extracting(RecordedEvent::stream)
        .containsExactly("order-a", "order-b", "order-c");
  }

  @Test
  void takesNothingTwice() {
    EventFeed.Follower follower = feed.follow(List.of(OrderEvent.class));

    feed.committed(1, List.of(confirmed("a", 0), confirmed("b", 0)));
    feed.committed(1, List.of(confirmed("a", 0), confirmed("b", 0)));
    feed.committed(2, List.of(confirmed("b", 0), confirmed("c", 0)));

    assertThat(follower.next(10).events())
        .extracting(RecordedEvent::position)
        .containsExactly(1L, 2L, 3L);
  }

  @Test
  void readsWhatAnotherNodeAppended() {
    EventFeed.Follower follower = feed.follow(List.of(OrderEvent.class));

    database.append(List.of(confirmed("a", 0)));

    await(follower::isBehind);
    assertThat(follower.next(10).events())
        .extracting(RecordedEvent::stream)
        .containsExactly("order-a");
  }

  /** Polls so seldom that what comes within the test's patience comes by notice. */
  private static EventFeed seldomPolling(PostgresEventStorageEngine engine) {
    EventFeed seldom = new EventFeed(engine, TimeUnit.HOURS.toMillis(1));
    engine.tell(seldom);
    seldom.start();
    return seldom;
  }

  @Test
  void hearsOfWhatAnotherNodeAppends() {
    PostgresEventStorageEngine here = database.engine(new StoreHead());
    PostgresEventStorageEngine there = database.engine(new StoreHead());
    EventFeed feedHere = seldomPolling(here);
    EventFeed feedThere = seldomPolling(there);
    AppendNotices noticesHere = new AppendNotices(database.single("here"), here, feedHere);
    AppendNotices noticesThere = new AppendNotices(database.single("there"), there, feedThere);
    EventFeed.Follower follower = feedHere.follow(List.of(OrderEvent.class));
    try {
      noticesHere.start();
      noticesThere.start();
      // Before either listens, or after: nothing that was appended is missed.
      database.append(there, List.of(confirmed("a", 0)));
      await(() -> feedHere.head() == 1);

      for (int i = 2; i <= 20; i++) {
        int head = i;
        boolean fromThere = i % 2 == 0;
        database.append(fromThere ? there : here, List.of(confirmed("n" + i, 0)));
        await(() -> feedHere.head() == head && feedThere.head() == head);
      }

      assertThat(follower.next(100).events()).hasSize(20);
    } finally {
      noticesHere.stop();
      noticesThere.stop();
      feedHere.stop();
      feedThere.stop();
    }
    await(() -> listeners("here") + listeners("there") == 0);
  }

  private static int listeners(String applicationName) {
    return database.jdbc.queryForObject(
        "select count(*) from pg_stat_activity where application_name = ?",
        Integer.class,
        applicationName);
  }

  @Test
  void listensAgainAfterItsConnectionWasLost() {
    PostgresEventStorageEngine there = database.engine(new StoreHead());
    new AppendNotices(database.single("there"), there, new EventFeed(there, 1_000));
    PostgresEventStorageEngine here = database.engine(new StoreHead());
    EventFeed feedHere = seldomPolling(here);
    AppendNotices notices = new AppendNotices(database.single("here"), here, feedHere);
    try {
      notices.start();
      for (int i = 1; i <= 3; i++) {
        int head = 2 * i;
        await(() -> listeners("here") == 1);
        database.jdbc.queryForList(
            "select pg_terminate_backend(pid, 10000) from pg_stat_activity"
                + " where application_name = 'here'");
        database.append(there, List.of(confirmed("lost-" + i, 0)));
        await(() -> feedHere.head() == head - 1);
        database.append(there, List.of(confirmed("next-" + i, 0)));
        await(() -> feedHere.head() == head);
      }
    } finally {
      notices.stop();
      feedHere.stop();
    }
  }

  @Test
  void readsWhatIsMissingBeforeWhatCameEarly() {
    EventFeed.Follower follower = feed.follow(List.of(OrderEvent.class));
    database.append(List.of(confirmed("other", 0)));

    database.engine.tell(feed);
    database.append(List.of(confirmed("mine", 0)));

    await(() -> feed.head() == 2);
    assertThat(follower.next(10).events())
        .extracting(RecordedEvent::stream)
        .containsExactly("order-other", "order-mine");
  }

  @Test
  void isAtTheHeadWhenNothingConcernsIt() {
    EventFeed.Follower payments = feed.follow(List.of(PaymentEvent.class));
    EventFeed.Follower deliveries = feed.follow(List.of(OrderDelivered.class));

    feed.committed(1, List.of(confirmed("a", 0), delivered("a", 1), confirmed("b", 0)));

    assertThat(payments.isBehind()).isFalse();
    assertThat(payments.position()).isEqualTo(3);
    assertThat(deliveries.isBehind()).isTrue();
    assertThat(deliveries.position()).isZero();
    EventFeed.Slice slice = deliveries.next(1);
    assertThat(slice.events()).extracting(RecordedEvent::position).containsExactly(2L);
    deliveries.handledUpTo(slice.upTo());
    assertThat(deliveries.position()).isEqualTo(3);
  }

  @Test
  void beginsWhereItWasAndReadsFromTheStoreWhatIsNotInMemory() {
    List<DomainEventMessage<?>> events = new ArrayList<>();
    for (int i = 0; i < 2_500; i++) {
      events.add(confirmed("old-" + i, 0));
    }
    database.append(events);
    EventFeed.Follower follower = feed.follow(List.of(Event.class));
    await(() -> feed.head() == 2_500);
    follower.startFrom(100);

    List<Long> seen = new ArrayList<>();
    while (follower.isBehind()) {
      EventFeed.Slice slice = follower.next(300);
      assertThat(slice.events()).hasSizeLessThanOrEqualTo(300);
      slice.events().forEach(event -> seen.add(event.position()));
      follower.handledUpTo(slice.upTo());
    }

    assertThat(seen).hasSize(2_400).isSorted().doesNotHaveDuplicates().startsWith(101L);
  }

  @Test
  void losesNothingWhenMoreIsAppendedThanItRemembers() {
    EventFeed.Follower slow = feed.follow(List.of(Event.class));
    int count = EventFeed.CAPACITY + 1_000;
    database.engine.tell(feed);
    for (int from = 0; from < count; from += 1_000) {
      List<DomainEventMessage<?>> events = new ArrayList<>();
      for (int i = from; i < Math.min(count, from + 1_000); i++) {
        events.add(confirmed("many-" + i, 0));
      }
      database.append(events);
    }

    long handled = 0;
    while (slow.isBehind()) {
      EventFeed.Slice slice = slow.next(5_000);
      for (RecordedEvent event : slice.events()) {
        assertThat(event.position()).isEqualTo(++handled);
      }
      slow.handledUpTo(slice.upTo());
    }
    assertThat(handled).isEqualTo(count);
  }

  @Test
  void showsEveryFollowerTheSameWhileManyThreadsAppend() throws Exception {
    database.engine.tell(feed);
    EventFeed.Follower follower = feed.follow(List.of(OrderDelivered.class));
    int threads = 6;
    int each = 40;
    try (ExecutorService executor = Executors.newFixedThreadPool(threads)) {
      List<Future<?>> appends = new ArrayList<>();
      for (int t = 0; t < threads; t++) {
        String stream = "t" + t;
        appends.add(
            executor.submit(
                () -> {
                  for (int i = 0; i < each; i++) {
                    database.append(
                        List.of(confirmed(stream, 2 * i), delivered(stream, 2 * i + 1)));
                  }
                }));
      }
      List<RecordedEvent> seen = new ArrayList<>();
      await(
          () -> {
            EventFeed.Slice slice = follower.next(7);
            seen.addAll(slice.events());
            follower.handledUpTo(slice.upTo());
            return seen.size() == threads * each;
          });
      for (Future<?> append : appends) {
        append.get(10, TimeUnit.SECONDS);
      }

      assertThat(seen)
          .isEqualTo(database.engine.read(0, 1_000, OrderDelivered.class::equals).events());
      assertThat(follower.position()).isEqualTo(2L * threads * each);
    }
  }

  @Test
  void wakesAWaitingFollowerOnlyForWhatConcernsIt() throws Exception {
    EventFeed.Follower follower = feed.follow(List.of(OrderDelivered.class));
    try (ExecutorService executor = Executors.newSingleThreadExecutor()) {
      Future<?> woken =
          executor.submit(
              () -> {
                while (!follower.isBehind()) {
                  follower.await(TimeUnit.SECONDS.toNanos(30));
                }
              });
      feed.committed(1, List.of(confirmed("a", 0)));
      assertThat(woken.isDone()).isFalse();

      feed.committed(2, List.of(delivered("a", 1)));

      woken.get(10, TimeUnit.SECONDS);
    }
  }

  private static void await(BooleanSupplier condition) {
    long deadline = System.nanoTime() + Duration.ofSeconds(20).toNanos();
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime()).as("within 20 s").isLessThan(deadline);
      Thread.onSpinWait();
    }
  }

  private static DomainEventMessage<?> confirmed(String order, long sequence) {
    return message(order, sequence, new OrderConfirmed(new OrderId(order)));
  }

  private static DomainEventMessage<?> delivered(String order, long sequence) {
    return message(order, sequence, new OrderDelivered(new OrderId(order)));
  }

  private static DomainEventMessage<?> message(String order, long sequence, Event event) {
    return new GenericDomainEventMessage<>("order", new OrderId(order).stream(), sequence, event);
  }
}
