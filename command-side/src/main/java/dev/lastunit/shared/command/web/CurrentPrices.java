package dev.lastunit.shared.command.web;

import dev.lastunit.catalogue.api.CatalogueQuery.FindPrices;
import dev.lastunit.catalogue.api.CatalogueQuery.Prices;
import dev.lastunit.shared.api.Positions;
import dev.lastunit.shared.api.Sku;
import java.util.List;
import org.axonframework.queryhandling.QueryGateway;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/**
 * Asks the catalogue what SKUs cost. Its answer is behind by milliseconds, which is good enough to
 * say yes; a no is to be said only of what {@link #asOfNow} answers, so that nobody is refused what
 * was listed a moment ago.
 *
 * <p>Threads: never blocks; answers on Reactor's parallel threads.
 */
public final class CurrentPrices {

  private final QueryGateway queries;
  private final Positions positions;

  public CurrentPrices(QueryGateway queries, Positions positions) {
    this.queries = queries;
    this.positions = positions;
  }

  /**
   * Names and prices that hold every change up to a position.
   *
   * @param minPosition 0 for any
   * @return fails with READ_MODEL_BEHIND when it takes too long; a repeat is safe
   */
  public Mono<Prices> find(List<Sku> skus, long minPosition) {
    return Mono.fromFuture(
            () -> queries.query(new FindPrices(skus, minPosition), Prices.class), true)
        .publishOn(Schedulers.parallel());
  }

  /** Names and prices that hold everything that was committed before this call. */
  public Mono<Prices> asOfNow(List<Sku> skus) {
    return Mono.defer(() -> find(skus, positions.head()));
  }
}
