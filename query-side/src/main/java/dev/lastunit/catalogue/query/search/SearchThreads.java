package dev.lastunit.catalogue.query.search;

import dev.lastunit.shared.api.ErrorCode;
import dev.lastunit.shared.api.Problem;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import reactor.core.publisher.Mono;

/**
 * The threads on which the index is read, which takes the CPU and may wait for the disk: as many as
 * there are processors, and a bounded queue before them. What does not fit in is refused at once.
 */
final class SearchThreads implements AutoCloseable {

  private final ThreadPoolExecutor threads;

  /**
   * @param queue searches that may wait
   */
  SearchThreads(int queue) {
    int size = Math.max(2, Runtime.getRuntime().availableProcessors());
    threads =
        new ThreadPoolExecutor(
            size,
            size,
            1,
            TimeUnit.MINUTES,
            new ArrayBlockingQueue<>(queue),
            Thread.ofPlatform().daemon().name("search-", 0).factory());
  }

  /**
   * Runs it on one of the threads.
   *
   * @return fails with OVERLOADED when the queue is full, else with what the search throws
   */
  <T> Mono<T> run(Callable<T> search) {
    return Mono.create(
        sink -> {
          Runnable task =
              () -> {
                try {
                  sink.success(search.call());
                } catch (Exception | StackOverflowError e) {
                  sink.error(e);
                }
              };
          try {
            threads.execute(task);
            sink.onCancel(() -> threads.remove(task));
          } catch (RejectedExecutionException e) {
            sink.error(
                new Problem(ErrorCode.OVERLOADED, "Too many searches are waiting; try again"));
          }
        });
  }

  @Override
  public void close() {
    threads.shutdownNow();
  }
}
