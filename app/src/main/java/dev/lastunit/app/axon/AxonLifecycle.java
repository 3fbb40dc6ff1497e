package dev.lastunit.app.axon;

import dev.lastunit.eventstore.AppendNotices;
import dev.lastunit.eventstore.EventFeed;
import dev.lastunit.eventstore.EventPartitions;
import dev.lastunit.eventstore.EventProcessors;
import dev.lastunit.eventstore.EventTail;
import dev.lastunit.eventstore.NodeProcessors;
import dev.lastunit.shared.command.bus.ShardedCommandBus;
import java.util.Optional;
import org.axonframework.config.Configuration;
import org.springframework.context.SmartLifecycle;

/**
 * Starts Axon before the web server and the processes, and stops it after them, so that whatever is
 * in flight can still be recorded.
 */
final class AxonLifecycle implements SmartLifecycle {

  /**
   * Lower starts earlier and stops later; the web server's phases are near the maximum, the
   * processes' in between.
   */
  static final int PHASE = 0;

  private static final long STOP_PATIENCE_MILLIS = 10_000;

  private final Configuration axon;
  private final EventFeed feed;
  private final EventPartitions partitions;
  private final Optional<AppendNotices> notices;
  private final EventProcessors processors;
  private final NodeProcessors nodeProcessors;
  private final EventTail tail;
  private final ShardedCommandBus bus;
  private final QueryHandlers queryHandlers;
  private volatile boolean running;

  AxonLifecycle(
      Configuration axon,
      EventPartitions partitions,
      EventFeed feed,
      Optional<AppendNotices> notices,
      EventProcessors processors,
      NodeProcessors nodeProcessors,
      EventTail tail,
      ShardedCommandBus bus,
      QueryHandlers queryHandlers) {
    this.axon = axon;
    this.feed = feed;
    this.partitions = partitions;
    this.notices = notices;
    this.processors = processors;
    this.nodeProcessors = nodeProcessors;
    this.tail = tail;
    this.bus = bus;
    this.queryHandlers = queryHandlers;
  }

  @Override
  public void start() {
    partitions.start();
    feed.start();
    notices.ifPresent(AppendNotices::start);
    axon.start();
    queryHandlers.subscribe();
    tail.start();
    processors.start();
    nodeProcessors.start();
    running = true;
  }

  @Override
  public void stop() {
    bus.stop(STOP_PATIENCE_MILLIS);
    nodeProcessors.stop();
    processors.stop();
    tail.stop();
    notices.ifPresent(AppendNotices::stop);
    feed.stop();
    partitions.stop();
    axon.shutdown();
    running = false;
  }

  @Override
  public boolean isRunning() {
    return running;
  }

  @Override
  public int getPhase() {
    return PHASE;
  }
}
