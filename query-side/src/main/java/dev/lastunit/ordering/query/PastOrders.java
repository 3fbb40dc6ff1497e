package dev.lastunit.ordering.query;

import dev.lastunit.ordering.api.OrderEvent.OrderPlaced;
import dev.lastunit.ordering.api.OrderProgress;
import dev.lastunit.ordering.api.OrderQuery.OrderView;
import dev.lastunit.ordering.api.PlacedOrder;
import dev.lastunit.shared.api.OrderId;
import dev.lastunit.shared.api.RecordedEvent;
import dev.lastunit.shared.query.store.HistoryStep;
import dev.lastunit.shared.query.store.PastReads;
import dev.lastunit.shared.query.store.PastReads.Found;
import dev.lastunit.shared.query.store.PointInTime;
import dev.lastunit.shared.query.store.StoredEvent;
import dev.lastunit.shared.query.store.StoredEvents;
import java.util.List;
import java.util.Set;
import reactor.core.publisher.Mono;

/**
 * Orders as they were, rebuilt from their events by the fold that makes the read model. Two
 * statements for each order, and one more for each time that a part of a part was split off.
 * Thread-safe; never blocks.
 */
public final class PastOrders {

  private final StoredEvents store;
  private final PastReads past;

  /** Streams of an order, and their events in the order of positions. */
  private record Told(Set<String> streams, List<RecordedEvent> events) {}

  PastOrders(StoredEvents store, PastReads past) {
    this.store = store;
    this.past = past;
  }

  /**
   * The order at a point in the past.
   *
   * @return fails as {@link PastReads#at}; a null value when it was not placed yet
   */
  public Mono<Found<OrderView>> at(OrderId orderId, PointInTime point, long minPosition) {
    return past.at(
        point,
        minPosition,
        position -> told(orderId, position).mapNotNull(told -> view(told.events())));
  }

  /**
   * What happened to an order, its payment and its shipments, oldest first.
   *
   * @param after position after which to begin
   * @param limit steps of a page, 1 or more
   * @param minPosition the store must have got so far; 0 for any
   * @param personal whether personal data are shown
   * @return one step more than {@code limit} when there are more, null when there is no such order;
   *     fails with READ_MODEL_BEHIND when the store ends before {@code minPosition}
   */
  public Mono<Found<List<HistoryStep>>> history(
      OrderId orderId, long after, int limit, long minPosition, boolean personal) {
    return store
        .headAtLeast(minPosition)
        .flatMap(
            head ->
                told(orderId, head)
                    .flatMap(told -> store.pageOfStreams(told.streams(), after, head, limit + 1))
                    .map(
                        events ->
                            events.stream()
                                .map(event -> HistoryStep.of(event, personal, null))
                                .toList())
                    .map(steps -> new Found<>(steps, head))
                    .defaultIfEmpty(new Found<>(null, head)));
  }

  /**
   * What was told of an order up to a position, by its own stream, its payment's and its
   * shipments'. Streams are read until their events name no further ones: shipments are known from
   * the order, and those that were split off from the shipments.
   *
   * @return empty when it was not placed yet
   */
  private Mono<Told> told(OrderId orderId, long position) {
    return told(orderId, new OrderStory(orderId).streams(), position);
  }

  private Mono<Told> told(OrderId orderId, Set<String> streams, long position) {
    return store
        .ofStreams(streams, 0, position)
        .flatMap(
            stored -> {
              OrderStory story = new OrderStory(orderId);
              List<RecordedEvent> events = stored.stream().map(StoredEvent::recorded).toList();
              events.forEach(story::apply);
              if (story.customer() == null) {
                return Mono.empty();
              }
              return story.streams().equals(streams)
                  ? Mono.just(new Told(streams, events))
                  : told(orderId, story.streams(), position);
            });
  }

  private static OrderView view(List<RecordedEvent> events) {
    PlacedOrder placed = null;
    OrderProgress progress = OrderProgress.NONE;
    for (RecordedEvent event : events) {
      if (event.payload() instanceof OrderPlaced first) {
        placed = PlacedOrder.of(first, event.at(), event.position());
      }
      progress = progress.after(event);
    }
    return placed == null ? null : placed.view(progress);
  }
}
