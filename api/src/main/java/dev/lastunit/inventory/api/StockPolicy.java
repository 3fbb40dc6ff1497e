package dev.lastunit.inventory.api;

import java.time.Duration;

/**
 * How the stock of one SKU may be promised.
 *
 * @param reservationTtl how long a reservation is held, 1 s to 30 days; null for the system's
 *     default
 * @param safetyStock units that are never promised, 0 or more
 * @param oversellAllowance units that may be promised beyond stock; 0, the default, means never
 *     oversell
 * @param sourcing which locations give the units
 */
public record StockPolicy(
    Duration reservationTtl, int safetyStock, int oversellAllowance, Sourcing sourcing) {

  /** The policy of a SKU that nobody has set one for. */
  public static final StockPolicy DEFAULT = new StockPolicy(null, 0, 0, Sourcing.PRIORITY);
}
