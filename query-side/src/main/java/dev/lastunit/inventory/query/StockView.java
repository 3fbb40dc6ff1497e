package dev.lastunit.inventory.query;

import java.util.List;

/**
 * The stock of a SKU, in units.
 *
 * @param onHand in the building
 * @param reserved promised to unfinished orders
 * @param available what a buyer could still get: onHand - reserved - safetyStock +
 *     oversellAllowance, and 0 when that is below 0
 * @param sold committed to confirmed orders and not returned
 * @param locations in the order in which they first held the SKU
 * @param position position of the last event of this SKU's stock
 */
public record StockView(
    String sku,
    long onHand,
    long reserved,
    long available,
    long sold,
    List<LocationView> locations,
    PolicyView policy,
    long position) {

  /** The part at one location; {@code available} is onHand - reserved. */
  public record LocationView(String location, long onHand, long reserved, long available) {}

  /**
   * How the stock may be promised.
   *
   * @param reservationTtl ISO 8601 duration; null for the system's default
   * @param sourcing {@code priority}, {@code nearest} or {@code fewest-shipments}
   */
  public record PolicyView(
      String reservationTtl, int safetyStock, int oversellAllowance, String sourcing) {}
}
