package dev.lastunit.bench.load;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;

/**
 * Sends over one connection, opened when first needed and again after it broke. A broken connection
 * is a reply like any other. Not thread-safe.
 */
final class Sender implements AutoCloseable {

  /** So that a service that is away is not asked in a tight loop. */
  private static final Duration PAUSE_AFTER_FAILURE = Duration.ofMillis(10);

  private final Target target;
  private Target.Client client;

  Sender(Target target) {
    this.target = target;
  }

  Reply send(long number) {
    try {
      if (client == null) {
        client = target.connect();
      }
      return client.send(number);
    } catch (IOException failure) {
      close();
      LockSupport.parkNanos(PAUSE_AFTER_FAILURE.toNanos());
      return Reply.failed(failure);
    }
  }

  @Override
  public void close() {
    try {
      if (client != null) {
        client.close();
      }
    } catch (IOException ignored) {
      // Nothing more was to be had from it.
    }
    client = null;
  }
}
