package dev.lastunit.app.axon;

import dev.lastunit.eventstore.StoreHead;
import dev.lastunit.shared.api.EventBatchHandler;
import dev.lastunit.shared.api.Positions;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.axonframework.common.transaction.TransactionManager;
import org.axonframework.eventhandling.EventTrackerStatus;
import org.axonframework.eventhandling.PropagatingErrorHandler;
import org.axonframework.eventhandling.TrackingEventProcessor;
import org.axonframework.eventhandling.TrackingEventProcessorConfiguration;
import org.axonframework.eventhandling.tokenstore.TokenStore;
import org.axonframework.eventsourcing.eventstore.EventStore;
import org.springframework.jdbc.core.JdbcTemplate;

/**
 * Runs one processor with one thread for each {@link EventBatchHandler}. A processor reads the
 * store from its own position, commits the handler's writes with the new position, and goes into
 * retry with growing pauses when a batch fails: nothing is skipped.
 *
 * <p>{@link TrackingEventProcessor} and not the pooled one, because it wakes with the commit
 * instead of polling (ADR 0008).
 */
final class EventProcessors implements Positions {

  /**
   * What a handler writes follows from events that are on disk already. A crash of the machine may
   * undo its last moments, rows and position together; then the events are handled again.
   */
  private static final String COMMIT_WITHOUT_WAITING = "set local synchronous_commit to off";

  private final Map<String, TrackingEventProcessor> processors = new LinkedHashMap<>();
  private final StoreHead head;

  EventProcessors(
      List<EventBatchHandler> handlers,
      EventStore store,
      TokenStore tokens,
      TransactionManager transactions,
      StoreHead head,
      JdbcTemplate jdbc) {
    this.head = head;
    for (EventBatchHandler handler : handlers) {
      TrackingEventProcessor processor =
          TrackingEventProcessor.builder()
              .name(handler.name())
              .eventHandlerInvoker(
                  new BatchInvoker(handler, () -> jdbc.execute(COMMIT_WITHOUT_WAITING)))
              .messageSource(store)
              .tokenStore(tokens)
              .transactionManager(transactions)
              .errorHandler(PropagatingErrorHandler.INSTANCE)
              .trackingEventProcessorConfiguration(
                  TrackingEventProcessorConfiguration.forSingleThreadedProcessing()
                      .andBatchSize(handler.batchSize())
                      .andInitialTrackingToken(source -> source.createTailToken())
                      .andTokenClaimInterval(1, TimeUnit.SECONDS)
                      .andThreadFactory(
                          name ->
                              Thread.ofPlatform()
                                  .daemon()
                                  .name("processor-" + name + "-", 0)
                                  .factory()))
              .build();
      if (processors.put(handler.name(), processor) != null) {
        throw new IllegalStateException("Two event handlers have the name " + handler.name());
      }
    }
  }

  void start() {
    processors.values().forEach(TrackingEventProcessor::start);
  }

  void stop() {
    CompletableFuture.allOf(
            processors.values().stream()
                .map(TrackingEventProcessor::shutdownAsync)
                .toArray(CompletableFuture[]::new))
        .orTimeout(20, TimeUnit.SECONDS)
        .exceptionally(late -> null)
        .join();
  }

  @Override
  public long of(String handler) {
    TrackingEventProcessor processor = processors.get(handler);
    if (processor == null) {
      throw new IllegalArgumentException("No event handler has the name " + handler);
    }
    return position(processor);
  }

  private static long position(TrackingEventProcessor processor) {
    EventTrackerStatus status = processor.processingStatus().get(0);
    if (status == null) {
      return 0;
    }
    OptionalLong position = status.getCurrentPosition();
    return position.orElse(0);
  }

  @Override
  public long head() {
    return head.position();
  }

  @Override
  public Map<String, Long> all() {
    Map<String, Long> positions = new LinkedHashMap<>();
    processors.forEach((name, processor) -> positions.put(name, position(processor)));
    return positions;
  }
}
