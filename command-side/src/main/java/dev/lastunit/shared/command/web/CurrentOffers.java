package dev.lastunit.shared.command.web;

import dev.lastunit.catalogue.api.CatalogueQuery.FindOffers;
import dev.lastunit.catalogue.api.CatalogueQuery.Offers;
import dev.lastunit.shared.api.Positions;
import dev.lastunit.shared.api.Sku;
import java.util.List;
import org.axonframework.queryhandling.QueryGateway;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/**
 * Asks the catalogue what SKUs are offered at. Its read model is behind by milliseconds, which is
 * good enough to say yes; a no is to be said only of what {@link #asOfNow} answers, so that nobody
 * is refused what was listed a moment ago.
 *
 * <p>Threads: never blocks; answers on Reactor's parallel threads.
 */
public final class CurrentOffers {

  private final QueryGateway queries;
  private final Positions positions;

  public CurrentOffers(QueryGateway queries, Positions positions) {
    this.queries = queries;
    this.positions = positions;
  }

  /**
   * The offers as the read model has them once it has reached a position.
   *
   * @param minPosition 0 for any
   * @return fails with READ_MODEL_BEHIND when it takes too long; a repeat is safe
   */
  public Mono<Offers> find(List<Sku> skus, long minPosition) {
    return Mono.fromFuture(
            () -> queries.query(new FindOffers(skus, minPosition), Offers.class), true)
        .publishOn(Schedulers.parallel());
  }

  /** The offers once the read model holds everything that was committed before this call. */
  public Mono<Offers> asOfNow(List<Sku> skus) {
    return Mono.defer(() -> find(skus, positions.head()));
  }
}
