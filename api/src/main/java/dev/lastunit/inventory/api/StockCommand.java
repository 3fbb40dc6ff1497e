package dev.lastunit.inventory.api;

import dev.lastunit.shared.api.Allocation;
import dev.lastunit.shared.api.Command;
import dev.lastunit.shared.api.CommandId;
import dev.lastunit.shared.api.LocationId;
import dev.lastunit.shared.api.OrderId;
import dev.lastunit.shared.api.ReservationId;
import dev.lastunit.shared.api.ReturnId;
import dev.lastunit.shared.api.Sku;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/**
 * What can be asked of the stock of one SKU. The stream is {@code stock-<sku>}.
 *
 * <p>All are safe to repeat. Quantities are units. {@code at} is the sender's clock and decides
 * what has expired.
 */
public sealed interface StockCommand<R> extends Command<R> {

  /** The stream of a SKU's stock. */
  static String streamOf(Sku sku) {
    return "stock-" + sku.value();
  }

  Sku sku();

  @Override
  default String stream() {
    return streamOf(sku());
  }

  /** Units have arrived. {@code quantity} is 1 or more; {@code reference} may be null. */
  record ReceiveStock(
      Sku sku, CommandId commandId, LocationId location, int quantity, String reference)
      implements StockCommand<StockLevel> {}

  /**
   * The stock with which a location begins, from an import: recorded once for each location, later
   * repeats change nothing.
   */
  record RecordOpeningStock(Sku sku, LocationId location, int quantity)
      implements StockCommand<StockLevel> {

    /** Buyers come to few of the SKUs that an import brings. */
    @Override
    public boolean expectsMore() {
      return false;
    }
  }

  /**
   * A count correction. {@code delta} is not 0. Refused with INSUFFICIENT_STOCK when it would take
   * reserved units away.
   */
  record AdjustStock(Sku sku, CommandId commandId, LocationId location, int delta, String reason)
      implements StockCommand<StockLevel> {}

  /** Sets how the stock may be promised. */
  record SetStockPolicy(Sku sku, StockPolicy policy) implements StockCommand<StockLevel> {}

  /**
   * Promises units to an order until a deadline. Refused with OUT_OF_STOCK (fact {@code available})
   * when there are not enough, and with RESERVATION_ENDED (fact {@code end}, the name of a {@link
   * ReservationEnd}) when this reservation has ended already. Refused with PLAN_MISSING (fact
   * {@code sources}, a list of {@link Allocation}: what each location could give) when there are
   * enough units, but {@link SourcingFacts#shipping} is null and it would make a difference.
   *
   * @param quantity units, at least 1
   * @param defaultTtl how long to hold the units when the SKU's policy does not say
   * @param sourcing what is known about where the units should come from
   */
  record ReserveStock(
      Sku sku,
      ReservationId reservationId,
      OrderId orderId,
      int quantity,
      Duration defaultTtl,
      Instant at,
      SourcingFacts sourcing)
      implements StockCommand<Reservation> {

    /** A reservation for whose sourcing nothing is known. */
    public ReserveStock(
        Sku sku,
        ReservationId reservationId,
        OrderId orderId,
        int quantity,
        Duration defaultTtl,
        Instant at) {
      this(sku, reservationId, orderId, quantity, defaultTtl, at, SourcingFacts.NONE);
    }
  }

  /**
   * Commits reserved units to a confirmed order: they leave the building. Refused with
   * RESERVATION_ENDED (fact {@code end}) when the reservation has been released or has expired,
   * also when its time has passed and nobody has noticed yet, and with NOT_FOUND when it is not
   * known.
   */
  record ConfirmReservation(Sku sku, ReservationId reservationId, Instant at)
      implements StockCommand<Reservation> {}

  /**
   * Gives reserved units back. Accepted also when the reservation is unknown, released or expired:
   * then there is nothing to give back. Refused with RESERVATION_ENDED (fact {@code end} =
   * CONFIRMED) when the units were committed: see {@link ReturnUnits}.
   */
  record ReleaseReservation(Sku sku, ReservationId reservationId, String reason)
      implements StockCommand<Void> {}

  /**
   * Puts committed units of an order back on hand. Without a return the order was undone after its
   * stock was committed, and all units of the reservation come back to where they were. With one
   * the buyer sends units back: some of them, to any place, and more may follow under other
   * returns.
   *
   * @param returnId null when the order was undone
   */
  record ReturnUnits(
      Sku sku,
      ReservationId reservationId,
      OrderId orderId,
      List<Allocation> allocations,
      String reason,
      ReturnId returnId)
      implements StockCommand<StockLevel> {}

  /**
   * Expires every reservation whose time has passed at {@code at}. Answers when to look again, null
   * when nothing is open.
   */
  record ExpireReservations(Sku sku, Instant at) implements StockCommand<Instant> {}
}
