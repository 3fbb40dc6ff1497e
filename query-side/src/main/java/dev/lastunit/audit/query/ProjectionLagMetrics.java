package dev.lastunit.audit.query;

import dev.lastunit.shared.api.EventBatchHandler;
import dev.lastunit.shared.api.Positions;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.context.event.EventListener;

/**
 * The gauge {@code lastunit.projection.lag} for each event handler: events that it has to handle
 * still. Registered once the service is ready, for the handlers of this node and those that the
 * positions name.
 */
final class ProjectionLagMetrics {

  static final String NAME = "lastunit.projection.lag";

  private final Positions positions;
  private final MeterRegistry meters;
  private final Stream<EventBatchHandler> handlers;

  ProjectionLagMetrics(
      Positions positions, MeterRegistry meters, Stream<EventBatchHandler> handlers) {
    this.positions = positions;
    this.meters = meters;
    this.handlers = handlers;
  }

  @EventListener(ApplicationReadyEvent.class)
  void register() {
    Set<String> names = new TreeSet<>(positions.all().keySet());
    handlers.map(EventBatchHandler::name).forEach(names::add);
    for (String name : names) {
      Gauge.builder(NAME, () -> lag(name))
          .description("Events that the handler has not handled yet")
          .baseUnit("events")
          .tag("handler", name)
          .register(meters);
    }
  }

  /** Not a number when the handler has gone, as that of a search index does that was rebuilt. */
  private double lag(String name) {
    Long position = positions.all().get(name);
    return position == null ? Double.NaN : Math.max(0, positions.head() - position);
  }
}
