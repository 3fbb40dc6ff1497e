package dev.lastunit.inventory.api;

import dev.lastunit.shared.api.Sku;
import java.util.List;
import java.util.Map;

/** Questions that other contexts ask of the inventory, over Axon's query bus. */
public sealed interface StockQuery {

  /**
   * How many units of some SKUs buyers could have got at a point in the past, rebuilt from all
   * events of each SKU up to there.
   *
   * @param position of the store; not beyond its end
   */
  record FindPastAvailability(List<Sku> skus, long position) implements StockQuery {}

  /** The answer: units by SKU, 0 or more. A SKU without events until then is missing. */
  record PastAvailability(Map<Sku, Long> units) {

    public PastAvailability {
      units = Map.copyOf(units);
    }
  }
}
