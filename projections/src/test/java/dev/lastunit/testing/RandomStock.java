package dev.lastunit.testing;

import dev.lastunit.inventory.api.Sourcing;
import dev.lastunit.inventory.api.StockEvent;
import dev.lastunit.inventory.api.StockEvent.OpeningStockRecorded;
import dev.lastunit.inventory.api.StockEvent.ReservationConfirmed;
import dev.lastunit.inventory.api.StockEvent.ReservationExpired;
import dev.lastunit.inventory.api.StockEvent.ReservationReleased;
import dev.lastunit.inventory.api.StockEvent.StockAdjusted;
import dev.lastunit.inventory.api.StockEvent.StockPolicySet;
import dev.lastunit.inventory.api.StockEvent.StockReceived;
import dev.lastunit.inventory.api.StockEvent.StockReserved;
import dev.lastunit.inventory.api.StockEvent.UnitsReturned;
import dev.lastunit.inventory.api.StockPolicy;
import dev.lastunit.shared.api.Allocation;
import dev.lastunit.shared.api.CommandId;
import dev.lastunit.shared.api.LocationId;
import dev.lastunit.shared.api.OrderId;
import dev.lastunit.shared.api.ReservationId;
import dev.lastunit.shared.api.Sku;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * Stock events of some SKUs as an aggregate could have recorded them: each reservation ends once.
 */
public final class RandomStock {

  private static final List<LocationId> LOCATIONS =
      List.of(new LocationId("north"), new LocationId("south"), new LocationId("shop"));

  private final RandomGenerator random;
  private final List<Sku> skus;
  private final List<StockReserved> open = new ArrayList<>();
  private final List<StockReserved> confirmed = new ArrayList<>();
  private int count;

  /** The same seed gives the same events. */
  public RandomStock(RandomGenerator random, List<Sku> skus) {
    this.random = random;
    this.skus = List.copyOf(skus);
  }

  /** The next event. */
  public StockEvent next() {
    count++;
    Sku sku = skus.get(random.nextInt(skus.size()));
    return switch (random.nextInt(10)) {
      case 0 -> new StockReceived(sku, command(), location(), 1 + random.nextInt(50), null);
      case 1 -> new OpeningStockRecorded(sku, location(), random.nextInt(100));
      case 2 -> new StockAdjusted(sku, command(), location(), random.nextInt(7) - 3, "count");
      case 3 -> new StockPolicySet(sku, policy());
      case 4, 5, 6 -> reserve(sku);
      case 7 -> confirm();
      case 8 -> giveBack();
      default -> takeBack();
    };
  }

  private StockEvent reserve(Sku sku) {
    OrderId order = new OrderId("ord-" + count);
    List<Allocation> parts = new ArrayList<>();
    for (LocationId location : LOCATIONS.subList(0, 1 + random.nextInt(LOCATIONS.size()))) {
      parts.add(new Allocation(location, 1 + random.nextInt(4)));
    }
    StockReserved reserved =
        new StockReserved(
            sku,
            ReservationId.of(order, sku),
            order,
            parts,
            History.START.plus(Duration.ofMillis(random.nextInt(1_000_000))));
    open.add(reserved);
    return reserved;
  }

  private StockEvent confirm() {
    if (open.isEmpty()) {
      return next();
    }
    StockReserved held = open.remove(random.nextInt(open.size()));
    confirmed.add(held);
    return new ReservationConfirmed(
        held.sku(), held.reservationId(), held.orderId(), held.allocations());
  }

  private StockEvent giveBack() {
    if (open.isEmpty()) {
      return next();
    }
    StockReserved held = open.remove(random.nextInt(open.size()));
    return random.nextBoolean()
        ? new ReservationExpired(
            held.sku(), held.reservationId(), held.orderId(), held.allocations())
        : new ReservationReleased(
            held.sku(), held.reservationId(), held.orderId(), held.allocations(), "declined");
  }

  private StockEvent takeBack() {
    if (confirmed.isEmpty()) {
      return next();
    }
    StockReserved held = confirmed.remove(random.nextInt(confirmed.size()));
    return new UnitsReturned(
        held.sku(), held.reservationId(), held.orderId(), held.allocations(), "cancelled", null);
  }

  private StockPolicy policy() {
    return new StockPolicy(
        random.nextBoolean() ? null : Duration.ofSeconds(1 + random.nextInt(1_000)),
        random.nextInt(5),
        random.nextInt(3),
        Sourcing.values()[random.nextInt(Sourcing.values().length)]);
  }

  private LocationId location() {
    return LOCATIONS.get(random.nextInt(LOCATIONS.size()));
  }

  private CommandId command() {
    return new CommandId("cmd-" + count);
  }
}
