package dev.lastunit.process.engine;

import java.time.Duration;

/**
 * How the engine runs.
 *
 * @param node name of this node; what a node of this name had leased before is taken over at start
 * @param maxInFlight instances of one process that may be running at a time; default 1,024
 * @param attempts failed attempts of one effect after which its instance is parked; default 10
 * @param firstRetry wait after the first failure; default 500 ms
 * @param longestRetry longest wait between attempts; default 60 s
 * @param lease how long an instance is left to the node that runs it; default 30 s
 * @param effectTimeout after what time an effect counts as failed; default 20 s; it and the age
 *     that a lease may reach before it is renewed must fit into {@code lease}
 * @param poll how often the table is searched for what is due; default 200 ms
 * @param stopTimeout how long stopping waits for what is in flight; default 6 s
 * @param young how long an instance that does well lives in memory only; default 1 s. After a crash
 *     the events of so long, and a little more, are delivered again
 */
public record EngineSettings(
    String node,
    int maxInFlight,
    int attempts,
    Duration firstRetry,
    Duration longestRetry,
    Duration lease,
    Duration effectTimeout,
    Duration poll,
    Duration stopTimeout,
    Duration young) {

  /** The age from which a lease is renewed with the next step. */
  Duration leaseSlack() {
    return lease.minus(effectTimeout).dividedBy(2);
  }

  public EngineSettings {
    if (node == null || node.isBlank()) {
      throw new IllegalArgumentException("A node needs a name");
    }
    if (maxInFlight < 1 || attempts < 1) {
      throw new IllegalArgumentException("maxInFlight and attempts must be at least 1");
    }
    if (lease.compareTo(effectTimeout) <= 0) {
      throw new IllegalArgumentException("A lease must outlast the effect that it protects");
    }
  }

  /** The same with another bound of attempts. */
  public EngineSettings withAttempts(int bound) {
    return new EngineSettings(
        node,
        maxInFlight,
        bound,
        firstRetry,
        longestRetry,
        lease,
        effectTimeout,
        poll,
        stopTimeout,
        young);
  }

  /** The same with another bound of instances in flight. */
  public EngineSettings withMaxInFlight(int bound) {
    return new EngineSettings(
        node,
        bound,
        attempts,
        firstRetry,
        longestRetry,
        lease,
        effectTimeout,
        poll,
        stopTimeout,
        young);
  }

  /** The defaults, for a node of this name. */
  public static EngineSettings defaults(String node) {
    return new EngineSettings(
        node,
        1_024,
        10,
        Duration.ofMillis(500),
        Duration.ofSeconds(60),
        Duration.ofSeconds(30),
        Duration.ofSeconds(20),
        Duration.ofMillis(200),
        Duration.ofSeconds(6),
        Duration.ofSeconds(1));
  }
}
