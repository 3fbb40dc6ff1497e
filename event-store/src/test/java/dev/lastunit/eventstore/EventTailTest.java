package dev.lastunit.eventstore;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lastunit.ordering.api.OrderEvent.OrderConfirmed;
import dev.lastunit.shared.api.LiveEvents;
import dev.lastunit.shared.api.OrderId;
import dev.lastunit.shared.api.RecordedEvent;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.axonframework.eventhandling.GenericDomainEventMessage;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The tail tells each watcher of its streams only, in order, and forgets it afterwards. */
class EventTailTest {

  private static StoreDatabase database;

  private EventFeed feed;
  private EventTail tail;
  private final BlockingQueue<RecordedEvent> heard = new LinkedBlockingQueue<>();

  @BeforeAll
  static void startDatabase() {
    database = new StoreDatabase();
  }

  @AfterAll
  static void stopDatabase() {
    database.close();
  }

  @BeforeEach
  void startTail() {
    database.clear();
    publish("ord-before", 0);
    feed = new EventFeed(database.engine, 50);
    database.engine.tell(feed);
    feed.start();
    tail = new EventTail(feed);
    tail.start();
  }

  @AfterEach
  void stopTail() {
    tail.stop();
    feed.stop();
  }

  @Test
  void tellsOfTheWatchedStreamOnly() throws InterruptedException {
    LiveEvents.Watch watch = tail.watch(List.of("order-ord-a"), heard::add);

    publish("ord-b", 0);
    publish("ord-a", 0);
    publish("ord-a", 1);

    assertThat(next().sequence()).isEqualTo(0);
    RecordedEvent second = next();
    assertThat(second.sequence()).isEqualTo(1);
    assertThat(second.position()).isEqualTo(4);
    assertThat(second.payload()).isEqualTo(new OrderConfirmed(new OrderId("ord-a")));
    assertThat(heard).isEmpty();
    watch.close();
  }

  /** Who waits for an event finds it with those who follow everything, whoever came first. */
  @Test
  void tellsThoseWhoWatchEverythingFirst() throws InterruptedException {
    BlockingQueue<String> told = new LinkedBlockingQueue<>();
    LiveEvents.Watch one = tail.watch(List.of("order-ord-a"), event -> told.add("one"));
    LiveEvents.Watch all = tail.watchAll(event -> told.add("all"));

    publish("ord-a", 0);
    publish("ord-b", 0);

    List<String> order = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      order.add(told.poll(10, TimeUnit.SECONDS));
    }
    assertThat(order).containsExactly("all", "one", "all");
    one.close();
    all.close();
  }

  @Test
  void survivesAListenerThatFails() throws InterruptedException {
    LiveEvents.Watch failing =
        tail.watchAll(
            event -> {
              throw new IllegalStateException("a listener's own fault");
            });
    LiveEvents.Watch watch = tail.watchAll(heard::add);

    publish("ord-a", 0);
    publish("ord-a", 1);

    assertThat(next().sequence()).isEqualTo(0);
    assertThat(next().sequence()).isEqualTo(1);
    failing.close();
    watch.close();
  }

  @Test
  void forgetsAClosedWatch() {
    LiveEvents.Watch watch = tail.watch(List.of("order-ord-a", "order-ord-b"), heard::add);
    assertThat(tail.watchedStreams()).isEqualTo(2);

    watch.close();
    watch.close();

    assertThat(tail.watchedStreams()).isZero();
  }

  private RecordedEvent next() throws InterruptedException {
    RecordedEvent event = heard.poll(10, TimeUnit.SECONDS);
    assertThat(event).as("an event within 10 s").isNotNull();
    return event;
  }

  private static void publish(String orderId, long sequence) {
    OrderId id = new OrderId(orderId);
    database.append(
        List.of(
            new GenericDomainEventMessage<>(
                "order", id.stream(), sequence, new OrderConfirmed(id))));
  }
}
