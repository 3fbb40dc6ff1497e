package dev.lastunit.process.testing;

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
 * writes in one transaction, and {@code committed()} after it.
 */
public final class Deliveries implements AutoCloseable {

  private final TransactionTemplate transactions;
  private final IntFunction<List<RecordedEvent>> log;
  private final List<Thread> threads = new ArrayList<>();
  private final Map<String, Integer> positions = new ConcurrentHashMap<>();
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

  /** How far each handler has got. To be asked after {@link #close()}. */
  public Map<String, Integer> positions() {
    return Map.copyOf(positions);
  }

  /** Delivers what is in the log and all that comes, from a position. */
  public void start(EventBatchHandler handler, int from) {
    positions.put(handler.name(), from);
    threads.add(
        Thread.ofVirtual()
            .start(
                () -> {
                  int position = from;
                  while (running) {
                    List<RecordedEvent> batch = log.apply(position);
                    if (batch.isEmpty()) {
                      Await.sleep(Duration.ofMillis(1));
                      continue;
                    }
                    deliver(handler, batch);
                    if (twice) {
                      deliver(handler, batch);
                    }
                    position += batch.size();
                    positions.put(handler.name(), position);
                  }
                }));
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
    transactions.executeWithoutResult(status -> handler.handle(batch));
    handler.committed();
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
