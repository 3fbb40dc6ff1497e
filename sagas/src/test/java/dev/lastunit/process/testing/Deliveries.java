package dev.lastunit.process.testing;

import dev.lastunit.shared.api.CheckpointedEventHandler;
import dev.lastunit.shared.api.EventBatchHandler;
import dev.lastunit.shared.api.RecordedEvent;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.IntFunction;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Brings recorded events to handlers the way the product does: in order, in batches, the handler's
 * writes in one transaction, and {@code committed()} after it; or into the memory of those that
 * write checkpoints.
 */
public final class Deliveries implements AutoCloseable {

  private final TransactionTemplate transactions;
  private final IntFunction<List<RecordedEvent>> log;
  private final List<Thread> threads = new ArrayList<>();
  private final Map<String, Integer> positions = new ConcurrentHashMap<>();
  private final Map<String, Integer> delivered = new ConcurrentHashMap<>();
  private volatile boolean running = true;
  private volatile boolean twice;

  /**
   * @param log the events after so many, at most 500 at a time
   */
  public Deliveries(PlatformTransactionManager transactions, IntFunction<List<RecordedEvent>> log) {
    this.transactions = new TransactionTemplate(transactions);
    this.log = log;
  }

  /** From now on every batch is delivered a second time. */
  public void everythingTwice() {
    twice = true;
  }

  /**
   * Up to where nothing has to be delivered to each handler again. To be asked after {@link
   * #close()}.
   */
  public Map<String, Integer> positions() {
    return Map.copyOf(positions);
  }

  /** Whether every handler has got all that is in the log. */
  public boolean caughtUp() {
    return delivered.values().stream().allMatch(position -> log.apply(position).isEmpty());
  }

  /** Delivers what is in the log and all that comes, from a position. */
  public void start(EventBatchHandler handler, int from) {
    positions.put(handler.name(), from);
    delivered.put(handler.name(), from);
    if (handler instanceof CheckpointedEventHandler checkpointed) {
      checkpointed.begin(twice ? Long.MAX_VALUE : end(from), () -> {});
    }
    threads.add(
        Thread.ofVirtual()
            .start(
                () -> {
                  int position = from;
                  while (running) {
                    List<RecordedEvent> batch = log.apply(position);
                    if (batch.isEmpty()) {
                      Await.sleep(Duration.ofMillis(1));
                    } else {
                      deliver(handler, batch);
                      if (twice) {
                        deliver(handler, batch);
                      }
                      position += batch.size();
                      delivered.put(handler.name(), position);
                    }
                    checkpoint(handler);
                    positions.put(handler.name(), durable(handler, position));
                  }
                }));
  }

  private int end(int from) {
    int end = from;
    for (int more = log.apply(end).size(); more > 0; more = log.apply(end).size()) {
      end += more;
    }
    return end;
  }

  private static int durable(EventBatchHandler handler, int position) {
    return handler instanceof CheckpointedEventHandler checkpointed
        ? Math.toIntExact(checkpointed.durableUpTo(position))
        : position;
  }

  /** Delivers what concerns the handler among some events. */
  public void deliver(EventBatchHandler handler, List<RecordedEvent> events) {
    List<RecordedEvent> batch =
        events.stream()
            .filter(
                event ->
                    handler.concerns().stream().anyMatch(type -> type.isInstance(event.payload())))
            .toList();
    if (batch.isEmpty()) {
      return;
    }
    if (handler instanceof CheckpointedEventHandler) {
      handler.handle(batch);
    } else {
      transactions.executeWithoutResult(status -> handler.handle(batch));
      handler.committed();
    }
  }

  /** Writes a checkpoint if the handler has them and wants one. */
  public void checkpoint(EventBatchHandler handler) {
    if (handler instanceof CheckpointedEventHandler checkpointed
        && checkpointed.wantsCheckpoint()) {
      transactions.executeWithoutResult(status -> checkpointed.checkpoint(false));
      checkpointed.committed();
    }
  }

  @Override
  public void close() {
    running = false;
    for (Thread thread : threads) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
