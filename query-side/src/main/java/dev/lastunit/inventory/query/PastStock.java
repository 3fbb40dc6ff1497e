package dev.lastunit.inventory.query;

import dev.lastunit.inventory.api.StockCommand;
import dev.lastunit.shared.api.Sku;
import dev.lastunit.shared.query.store.EventFilter;
import dev.lastunit.shared.query.store.HistoryStep;
import dev.lastunit.shared.query.store.PastReads;
import dev.lastunit.shared.query.store.PastReads.Found;
import dev.lastunit.shared.query.store.PointInTime;
import dev.lastunit.shared.query.store.StoredEvent;
import dev.lastunit.shared.query.store.StoredEvents;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * The stock of a SKU as it was, rebuilt from its events. Thread-safe; never blocks; what it costs
 * is said of {@link PastReads}.
 */
public final class PastStock {

  private final StoredEvents store;
  private final PastReads past;

  PastStock(StoredEvents store, PastReads past) {
    this.store = store;
    this.past = past;
  }

  /**
   * The stock at a point in the past.
   *
   * @return fails as {@link PastReads#at}; a null value when the SKU had no stock event yet
   */
  public Mono<Found<StockView>> at(Sku sku, PointInTime point, long minPosition) {
    return past.at(
        point,
        minPosition,
        position -> fold(sku, position).mapNotNull(history -> history.view(sku)));
  }

  /**
   * What happened to a SKU's stock, oldest first, and how that changed the units {@code onHand},
   * {@code reserved} and {@code sold}.
   *
   * @param after position after which to begin
   * @param limit steps of a page, 1 or more
   * @param minPosition the store must have got so far; 0 for any
   * @param personal whether personal data are shown
   * @return one step more than {@code limit} when there are more; fails with READ_MODEL_BEHIND when
   *     the store ends before {@code minPosition}
   */
  public Mono<Found<List<HistoryStep>>> history(
      Sku sku, long after, int limit, long minPosition, boolean personal) {
    EventFilter filter = EventFilter.ofStream(StockCommand.streamOf(sku));
    return store
        .headAtLeast(minPosition)
        .flatMap(
            head ->
                store
                    .batches(filter, after, head, limit + 1L)
                    .concatMapIterable(events -> events)
                    .map(event -> HistoryStep.of(event, personal, change(event)))
                    .collectList()
                    .map(steps -> new Found<>(steps, head)));
  }

  /** What the fold of this event alone comes to. */
  private static Map<String, Long> change(StoredEvent event) {
    StockHistory alone = new StockHistory();
    alone.apply(event.recorded());
    Map<String, Long> change = new LinkedHashMap<>();
    change.put("onHand", alone.onHand());
    change.put("reserved", alone.reserved());
    change.put("sold", alone.sold());
    return change;
  }

  /** What buyers could have got of some SKUs, one after the other. */
  Mono<Map<Sku, Long>> available(List<Sku> skus, long position) {
    return Flux.fromIterable(skus)
        .distinct()
        .concatMap(sku -> fold(sku, position).mapNotNull(history -> history.view(sku)), 1)
        .collectMap(view -> new Sku(view.sku()), StockView::available);
  }

  private Mono<StockHistory> fold(Sku sku, long position) {
    return past.fold(StockCommand.streamOf(sku), position, new StockHistory(), StockHistory::apply);
  }
}
