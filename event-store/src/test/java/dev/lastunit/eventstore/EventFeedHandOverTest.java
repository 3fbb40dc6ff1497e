package dev.lastunit.eventstore;

import dev.lastunit.ordering.api.OrderEvent.OrderConfirmed;
import dev.lastunit.ordering.api.OrderEvent.OrderDelivered;
import dev.lastunit.shared.api.Event;
import dev.lastunit.shared.api.OrderId;
import dev.lastunit.shared.api.RecordedEvent;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.axonframework.eventhandling.DomainEventMessage;
import org.axonframework.eventhandling.GenericDomainEventMessage;
import org.axonframework.serialization.upcasting.event.NoOpEventUpcaster;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Commits that arrive in any order, somebody who follows them, and somebody who asks how far that
 * one has got, all at the same time, again and again: each event that concerns the follower comes
 * once and in order, the follower is woken for it, and nothing counts as handled before it is. By
 * real threads, since the model checker that tries the command queue did not find faults that were
 * put in here.
 */
@Timeout(60)
class EventFeedHandOverTest {

  private static final int ROUNDS = 200;

  /** Never asked: everything is in memory. */
  private static final PostgresEventStorageEngine STORE =
      new PostgresEventStorageEngine(
          null,
          new EventStoreSerializer(Map.of()),
          NoOpEventUpcaster.INSTANCE,
          new StoreHead(),
          100);

  private static final List<DomainEventMessage<?>> FIRST = List.of(confirmed(1));
  private static final List<DomainEventMessage<?>> SECOND = List.of(delivered(2), confirmed(3));

  private static DomainEventMessage<?> confirmed(int number) {
    return message(number, new OrderConfirmed(new OrderId("ord-" + number)));
  }

  private static DomainEventMessage<?> delivered(int number) {
    return message(number, new OrderDelivered(new OrderId("ord-" + number)));
  }

  private static DomainEventMessage<?> message(int number, Event event) {
    return new GenericDomainEventMessage<>("order", "order-ord-" + number, 0, event);
  }

  @Test
  void handsEachEventOverOnceAndInOrder() {
    for (int round = 0; round < ROUNDS; round++) {
      new Run().check();
    }
  }

  /** One round. */
  private static final class Run {

    private final EventFeed feed = new EventFeed(STORE, 1_000);
    private final EventFeed.Follower follower;
    private final List<Long> handled = new CopyOnWriteArrayList<>();
    private volatile String fault;

    Run() {
      feed.begin(0);
      follower = feed.follow(List.of(OrderConfirmed.class));
    }

    void check() {
      List<Thread> threads =
          List.of(
              new Thread(this::follow),
              new Thread(() -> feed.committed(1, FIRST)),
              new Thread(() -> feed.committed(2, SECOND)),
              new Thread(this::ask));
      threads.forEach(Thread::start);
      threads.forEach(Run::join);
      if (fault != null) {
        throw new AssertionError(fault);
      }
      if (!handled.equals(List.of(1L, 3L)) || feed.head() != 3 || follower.position() != 3) {
        throw new AssertionError(
            "Handled " + handled + " of 3 up to " + follower.position() + " of " + feed.head());
      }
    }

    private void follow() {
      while (follower.position() < 3) {
        if (!follower.isBehind()) {
          follower.await(Long.MAX_VALUE);
          continue;
        }
        EventFeed.Slice slice = follower.next(2);
        for (RecordedEvent event : slice.events()) {
          handled.add(event.position());
        }
        follower.handledUpTo(slice.upTo());
      }
    }

    private void ask() {
      long position;
      do {
        position = follower.position();
        if (position >= 1 && !handled.contains(1L) || position >= 3 && !handled.contains(3L)) {
          fault = "Said to be at " + position + " with " + handled + " handled";
        }
        Thread.yield();
      } while (position < 3);
    }

    private static void join(Thread thread) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
    }
  }
}
