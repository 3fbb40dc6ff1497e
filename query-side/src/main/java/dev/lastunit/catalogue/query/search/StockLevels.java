package dev.lastunit.catalogue.query.search;

import java.util.Collection;
import java.util.Map;

/** Units that buyers could still get, from the catalogue's own rows. */
interface StockLevels {

  /**
   * Units by SKU; a SKU that has no stock is left out. As of the position that the catalogue's rows
   * have reached, or later. May block.
   */
  Map<String, Long> of(Collection<String> skus);
}
