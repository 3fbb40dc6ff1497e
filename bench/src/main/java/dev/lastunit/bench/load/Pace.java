package dev.lastunit.bench.load;

/** When requests are due, and how many may be under way at once. */
public sealed interface Pace {

  /**
   * When a request is due.
   *
   * @param number from 0
   * @param startNanos of the run, as by {@link System#nanoTime}
   * @return a time as by {@link System#nanoTime}
   */
  long due(long number, long startNanos);

  /** Most requests under way at once. */
  int connections();

  /** Each client sends its next request when the last one has been answered. */
  record Closed(int clients) implements Pace {
    @Override
    public long due(long number, long startNanos) {
      return System.nanoTime();
    }

    @Override
    public int connections() {
      return clients;
    }
  }

  /**
   * Requests arrive at a constant rate, whatever becomes of those before. One that finds all
   * connections busy waits, and its waiting counts.
   */
  record Open(double perSecond, int connections) implements Pace {
    @Override
    public long due(long number, long startNanos) {
      return startNanos + Math.round(number * 1e9 / perSecond);
    }
  }
}
