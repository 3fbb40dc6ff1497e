package dev.lastunit.bench;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.HdrHistogram.Histogram;

/**
 * Closed-loop load: each of so many clients sends its next request when the last one has been
 * answered.
 */
final class Load {

  /** Sends one request over the connection and answers its status. */
  interface Request {
    int send(Connection connection, int client, long number) throws IOException;
  }

  /**
   * What a run gave.
   *
   * @param latency nanoseconds of the requests within the measured time
   * @param statuses how often each HTTP status came
   */
  record Outcome(int clients, double seconds, Histogram latency, Map<Integer, Long> statuses) {

    double perSecond() {
      return latency.getTotalCount() / seconds;
    }

    double millis(double percentile) {
      return latency.getValueAtPercentile(percentile) / 1e6;
    }

    String row(String what) {
      return String.format(
          java.util.Locale.ROOT,
          "| %s | %d | %.0f | %.1f | %.1f | %.1f | %s |",
          what,
          clients,
          perSecond(),
          millis(50),
          millis(95),
          millis(99),
          statuses);
    }
  }

  static final String HEADER =
      "| what | clients | a second | p50 ms | p95 ms | p99 ms | statuses |\n"
          + "|---|---|---|---|---|---|---|";

  private Load() {}

  static Outcome run(
      String host, int port, int clients, int warmUpSeconds, int seconds, Request request)
      throws Exception {
    long begin = System.nanoTime() + warmUpSeconds * 1_000_000_000L;
    long end = begin + seconds * 1_000_000_000L;
    Histogram latency = new Histogram(3);
    Map<Integer, Long> statuses = new TreeMap<>();
    try (ExecutorService threads = Executors.newFixedThreadPool(clients)) {
      List<Future<?>> running = new ArrayList<>();
      for (int i = 0; i < clients; i++) {
        int client = i;
        running.add(
            threads.submit(
                () -> {
                  Histogram own = new Histogram(3);
                  Map<Integer, Long> seen = new TreeMap<>();
                  try (Connection connection = new Connection(host, port)) {
                    for (long n = 0; System.nanoTime() < end; n++) {
                      long started = System.nanoTime();
                      int status = request.send(connection, client, n);
                      long done = System.nanoTime();
                      if (started >= begin && done <= end) {
                        own.recordValue(done - started);
                        seen.merge(status, 1L, Long::sum);
                      }
                    }
                  }
                  synchronized (latency) {
                    latency.add(own);
                    seen.forEach((status, count) -> statuses.merge(status, count, Long::sum));
                  }
                  return null;
                }));
      }
      for (Future<?> one : running) {
        one.get();
      }
    }
    return new Outcome(clients, seconds, latency, statuses);
  }
}
