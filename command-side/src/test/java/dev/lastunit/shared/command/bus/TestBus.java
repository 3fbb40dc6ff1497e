package dev.lastunit.shared.command.bus;

import dev.lastunit.shared.api.Command;
import dev.lastunit.shared.api.Commands.Reply;
import dev.lastunit.shared.command.bus.Ledger.Hold;
import dev.lastunit.shared.command.bus.ShardedCommandBus.Limits;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.axonframework.eventsourcing.NoSnapshotTriggerDefinition;
import org.axonframework.eventsourcing.eventstore.EmbeddedEventStore;
import org.axonframework.modelling.command.AggregateAnnotationCommandHandler;

/** A bus for {@link Ledger}s over a {@link TestStore}. */
final class TestBus implements AutoCloseable {

  /** Position of a reply to a command that recorded nothing. */
  static final long NO_POSITION = -1;

  private static final String BUSY = "busy";

  final TestStore store = new TestStore();
  final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  final ShardedCommandBus bus;
  private final EmbeddedEventStore events;
  private final BusCommands commands;

  /** One shard, whose batches are as long as what waits. */
  TestBus(int queueCapacity, int aggregates) {
    Limits limits = new Limits(1, queueCapacity, aggregates, Duration.ofMinutes(1));
    events = EmbeddedEventStore.builder().storageEngine(store).build();
    bus = new ShardedCommandBus(store, store.log(), limits, meters);
    AggregateAnnotationCommandHandler.<Ledger>builder()
        .aggregateType(Ledger.class)
        .repository(
            new ShardRepository<>(
                Ledger.class, events, store, NoSnapshotTriggerDefinition.INSTANCE))
        .commandTargetResolver(new StreamTargetResolver())
        .build()
        .subscribe(bus);
    commands = new BusCommands(bus, () -> NO_POSITION);
  }

  <R> CompletableFuture<Reply<R>> send(Command<R> command) {
    return commands.send(command, Map.of("cause", "test"));
  }

  /**
   * Keeps the shard busy, so that what is sent meanwhile is one batch. When the store breaks, the
   * holding command may fail before it begins; nobody is held then.
   */
  CountDownLatch hold() {
    CountDownLatch reached = new CountDownLatch(1);
    CountDownLatch released = new CountDownLatch(1);
    send(new Hold(BUSY, reached, released)).whenComplete((reply, failure) -> reached.countDown());
    try {
      if (!reached.await(20, TimeUnit.SECONDS)) {
        throw new AssertionError("The holding command was neither begun nor answered");
      }
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
    return released;
  }

  @Override
  public void close() {
    bus.stop(10_000);
    events.shutDown();
  }
}
