package dev.lastunit.ordering.query;

import dev.lastunit.ordering.api.OrderEvent.OrderPlaced;
import dev.lastunit.shared.api.CustomerId;
import dev.lastunit.shared.api.LiveEvents;
import dev.lastunit.shared.api.OrderId;
import dev.lastunit.shared.query.store.Doorbell;
import dev.lastunit.shared.query.store.StoredEvent;
import dev.lastunit.shared.query.store.StoredEvents;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/**
 * An order's steps as they happen, read from the event store itself: no read model stands between,
 * so a client learns of a confirmation as soon as it is committed.
 *
 * <p>Steps are read by position from the order's streams; live events only say when to look again.
 * The watch begins before the first read, so nothing is lost or told twice between them.
 *
 * <p>Thread-safe; never blocks. For each stream: one watch, and one read when the order's streams
 * have moved.
 */
public final class OrderStream {

  /**
   * How long a stream whose order is decided waits for the money to follow: long enough for the
   * usual case, short enough for a client that waits for the end.
   */
  static final Duration LINGER = Duration.ofSeconds(3);

  /** Looks again after this long even when nothing was heard. */
  private static final Duration PATIENCE = Duration.ofSeconds(5);

  private final StoredEvents store;
  private final LiveEvents live;

  OrderStream(StoredEvents store, LiveEvents live) {
    this.store = store;
    this.live = live;
  }

  /** Who placed the order; empty when there is none. */
  public Mono<CustomerId> customerOf(OrderId orderId) {
    return store.firstOf(orderId.stream()).map(first -> ((OrderPlaced) first.event()).customerId());
  }

  /**
   * The steps, oldest first.
   *
   * @param after position after which to tell; 0 for all
   * @param follow whether to go on after the order was decided, until cancelled. Otherwise the
   *     stream ends once the order is confirmed, rejected or cancelled, or further, and the money
   *     has followed: taken or given back, waited for at most {@link #LINGER}
   * @return fails when the database does, and may be resumed after the last position that it told
   */
  public Flux<OrderStep> steps(OrderId orderId, long after, boolean follow) {
    return Flux.using(() -> new Reader(orderId, after, follow), Reader::steps, Reader::close);
  }

  /** One client's stream. Its rounds run one after the other. */
  private final class Reader {

    private final OrderStory story;
    private final long after;
    private final boolean follow;
    private final Doorbell bell = new Doorbell();
    private final List<LiveEvents.Watch> watches = new ArrayList<>();
    private final Set<String> watched = new HashSet<>();
    private long cursor;
    private long decidedAtNanos;
    private boolean decided;
    private boolean over;
    private boolean closed;

    Reader(OrderId orderId, long after, boolean follow) {
      this.story = new OrderStory(orderId);
      this.after = after;
      this.follow = follow;
      watchNewStreams();
    }

    Flux<OrderStep> steps() {
      return Mono.defer(this::round).repeat(() -> !over).concatMapIterable(steps -> steps, 1);
    }

    private Mono<List<OrderStep>> round() {
      Mono<Void> rung = bell.next();
      return store
          .ofStreams(watched, cursor)
          .flatMap(
              events -> {
                if (!events.isEmpty()) {
                  return Mono.just(fold(events));
                }
                Duration wait = untilNextLook();
                if (wait.isZero()) {
                  over = true;
                  return Mono.just(List.of());
                }
                return rung.timeout(wait, Mono.empty(), Schedulers.parallel())
                    .thenReturn(List.of());
              });
    }

    /**
     * Folds what was read. Events that come after the one that names further streams are left for
     * the next round, which reads those streams as well: steps are told in the order of positions.
     */
    private List<OrderStep> fold(List<StoredEvent> events) {
      List<OrderStep> steps = new ArrayList<>();
      for (StoredEvent event : events) {
        OrderStep step = story.apply(event.recorded());
        cursor = event.position();
        if (step != null && event.position() > after) {
          steps.add(step);
        }
        if (watchNewStreams()) {
          break;
        }
      }
      if (story.decided() && !decided) {
        decided = true;
        decidedAtNanos = System.nanoTime();
      }
      return steps;
    }

    private Duration untilNextLook() {
      if (follow || !decided) {
        return PATIENCE;
      }
      long left = LINGER.toNanos() - (System.nanoTime() - decidedAtNanos);
      return story.settled() || left <= 0 ? Duration.ZERO : Duration.ofNanos(left);
    }

    /** A client may go while a round is under way; nothing is watched for it any more. */
    private synchronized boolean watchNewStreams() {
      Set<String> fresh = new HashSet<>(story.streams());
      fresh.removeAll(watched);
      if (fresh.isEmpty()) {
        return false;
      }
      if (!closed) {
        watches.add(live.watch(fresh, event -> bell.ring()));
      }
      watched.addAll(fresh);
      return true;
    }

    synchronized void close() {
      closed = true;
      watches.forEach(LiveEvents.Watch::close);
    }
  }
}
