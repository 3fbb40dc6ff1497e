package dev.lastunit.inventory.api;

import dev.lastunit.shared.api.Allocation;
import dev.lastunit.shared.api.CommandId;
import dev.lastunit.shared.api.Event;
import dev.lastunit.shared.api.LocationId;
import dev.lastunit.shared.api.OrderId;
import dev.lastunit.shared.api.ReservationId;
import dev.lastunit.shared.api.ReturnId;
import dev.lastunit.shared.api.Sku;
import java.time.Instant;
import java.util.List;
import org.axonframework.serialization.Revision;

/**
 * What happened to the stock of one SKU. Published by the SkuInventory aggregate, in order for each
 * SKU. All quantities are units; each event says what changed, so that totals are sums.
 */
public sealed interface StockEvent extends Event {

  Sku sku();

  /** Units arrived: on hand grows. */
  @Revision("1")
  record StockReceived(
      Sku sku, CommandId commandId, LocationId location, int quantity, String reference)
      implements StockEvent {}

  /** The units with which a location began: on hand grows. Once for each SKU and location. */
  @Revision("1")
  record OpeningStockRecorded(Sku sku, LocationId location, int quantity) implements StockEvent {}

  /** A count was corrected: on hand changes by {@code delta}. */
  @Revision("1")
  record StockAdjusted(Sku sku, CommandId commandId, LocationId location, int delta, String reason)
      implements StockEvent {}

  /** How the stock may be promised from now on. */
  @Revision("1")
  record StockPolicySet(Sku sku, StockPolicy policy) implements StockEvent {}

  /** Units are held for an order: reserved grows at each allocation's location. */
  @Revision("1")
  record StockReserved(
      Sku sku,
      ReservationId reservationId,
      OrderId orderId,
      List<Allocation> allocations,
      Instant expiresAt)
      implements StockEvent {}

  /** Reserved units left for a confirmed order: on hand and reserved shrink, sold grows. */
  @Revision("1")
  record ReservationConfirmed(
      Sku sku, ReservationId reservationId, OrderId orderId, List<Allocation> allocations)
      implements StockEvent {}

  /** Reserved units were given back: reserved shrinks. */
  @Revision("1")
  record ReservationReleased(
      Sku sku,
      ReservationId reservationId,
      OrderId orderId,
      List<Allocation> allocations,
      String reason)
      implements StockEvent {}

  /** The reservation's time passed: reserved shrinks. */
  @Revision("1")
  record ReservationExpired(
      Sku sku, ReservationId reservationId, OrderId orderId, List<Allocation> allocations)
      implements StockEvent {}

  /**
   * Committed units came back: on hand grows, sold shrinks.
   *
   * @param returnId the return of a buyer with which they came; null when the order was undone.
   *     Events of the first revision have none
   */
  @Revision("2")
  record UnitsReturned(
      Sku sku,
      ReservationId reservationId,
      OrderId orderId,
      List<Allocation> allocations,
      String reason,
      ReturnId returnId)
      implements StockEvent {}
}
