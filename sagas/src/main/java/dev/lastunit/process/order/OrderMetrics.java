package dev.lastunit.process.order;

import dev.lastunit.ordering.api.OrderEvent.OrderCancelled;
import dev.lastunit.ordering.api.OrderEvent.OrderConfirmed;
import dev.lastunit.ordering.api.OrderEvent.OrderPlaced;
import dev.lastunit.ordering.api.OrderEvent.OrderRejected;
import dev.lastunit.shared.api.RecordedEvent;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.List;

/** Counts orders by what became of them. */
final class OrderMetrics {

  private final MeterRegistry meters;

  OrderMetrics(MeterRegistry meters) {
    this.meters = meters;
  }

  /** Counts a batch of events that has been handled for good. */
  void count(List<RecordedEvent> batch) {
    for (RecordedEvent event : batch) {
      switch (event.payload()) {
        case OrderPlaced placed -> counter("placed").increment();
        case OrderConfirmed confirmed -> counter("confirmed").increment();
        case OrderCancelled cancelled -> counter("cancelled").increment();
        case OrderRejected rejected -> counter(rejected.reason().text()).increment();
        default -> {}
      }
    }
  }

  private Counter counter(String outcome) {
    return Counter.builder("lastunit.ordering.orders")
        .description("Orders by what became of them")
        .tag("outcome", outcome)
        .register(meters);
  }
}
