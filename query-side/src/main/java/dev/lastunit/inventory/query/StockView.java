package dev.lastunit.inventory.query;

import dev.lastunit.inventory.api.StockPolicy;
import dev.lastunit.shared.api.Sku;
import java.time.Duration;
import java.util.List;
import java.util.Locale;

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

  /** The whole of some parts. */
  static StockView of(
      Sku sku, long sold, List<LocationView> locations, PolicyView policy, long position) {
    long onHand = locations.stream().mapToLong(LocationView::onHand).sum();
    long reserved = locations.stream().mapToLong(LocationView::reserved).sum();
    return new StockView(
        sku.value(),
        onHand,
        reserved,
        Math.max(0, onHand - reserved - policy.safetyStock() + policy.oversellAllowance()),
        sold,
        locations,
        policy,
        position);
  }

  /** The part at one location; {@code available} is onHand - reserved. */
  public record LocationView(String location, long onHand, long reserved, long available) {

    static LocationView of(String location, long onHand, long reserved) {
      return new LocationView(location, onHand, reserved, onHand - reserved);
    }
  }

  /**
   * How the stock may be promised.
   *
   * @param reservationTtl ISO 8601 duration; null for the system's default
   * @param sourcing {@code priority}, {@code nearest} or {@code fewest-shipments}
   */
  public record PolicyView(
      String reservationTtl, int safetyStock, int oversellAllowance, String sourcing) {

    /** A policy as its event tells it. */
    static PolicyView of(StockPolicy policy) {
      return new PolicyView(
          policy.reservationTtl() == null
              ? null
              : Duration.ofMillis(policy.reservationTtl().toMillis()).toString(),
          policy.safetyStock(),
          policy.oversellAllowance(),
          policy.sourcing().name().toLowerCase(Locale.ROOT).replace('_', '-'));
    }
  }
}
