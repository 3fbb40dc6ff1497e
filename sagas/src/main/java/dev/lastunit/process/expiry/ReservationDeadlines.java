package dev.lastunit.process.expiry;

import dev.lastunit.inventory.api.StockEvent.ReservationExpired;
import dev.lastunit.inventory.api.StockEvent.StockReserved;
import dev.lastunit.shared.api.Event;
import dev.lastunit.shared.api.EventBatchHandler;
import dev.lastunit.shared.api.RecordedEvent;
import dev.lastunit.shared.api.Sku;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Notes for each SKU when its earliest reservation expires. Only ever makes a deadline earlier:
 * that a reservation has ended is found out when its deadline comes, at the price of one question
 * that may be needless.
 */
final class ReservationDeadlines implements EventBatchHandler {

  private final DeadlineStore store;
  private final Counter expired;
  private int expiredInBatch;

  ReservationDeadlines(DeadlineStore store, MeterRegistry meters) {
    this.store = store;
    this.expired =
        Counter.builder("lastunit.inventory.reservations.expired")
            .description("Reservations that ended because their time passed")
            .register(meters);
  }

  @Override
  public String name() {
    return "process.expiry";
  }

  /** Nobody waits for a deadline to be noted, and a SKU in demand is noted once for many. */
  @Override
  public Duration pace() {
    return Duration.ofMillis(250);
  }

  @Override
  public int batchSize() {
    return 5_000;
  }

  @Override
  public Set<Class<? extends Event>> concerns() {
    return Set.of(StockReserved.class, ReservationExpired.class);
  }

  @Override
  public void handle(List<RecordedEvent> batch) {
    expiredInBatch = 0;
    Map<Sku, Instant> earliest = new HashMap<>();
    for (RecordedEvent event : batch) {
      switch (event.payload()) {
        case StockReserved reserved ->
            earliest.merge(
                reserved.sku(),
                reserved.expiresAt(),
                (one, other) -> one.isBefore(other) ? one : other);
        case ReservationExpired over -> expiredInBatch++;
        default -> {}
      }
    }
    if (!earliest.isEmpty()) {
      store.lower(earliest);
    }
  }

  @Override
  public void committed() {
    expired.increment(expiredInBatch);
    expiredInBatch = 0;
  }
}
