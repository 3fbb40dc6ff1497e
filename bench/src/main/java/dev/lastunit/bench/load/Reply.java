package dev.lastunit.bench.load;

import java.io.IOException;

/**
 * What one request came to.
 *
 * @param status of HTTP, 0 when there was no answer
 * @param counts whether it is what was wanted; only such replies make rate and latency
 * @param error what went wrong, null when there was an answer
 */
public record Reply(int status, boolean counts, String error) {

  /** An answer. */
  public static Reply of(int status, boolean counts) {
    return new Reply(status, counts, null);
  }

  static Reply failed(IOException failure) {
    return new Reply(0, false, failure.getClass().getSimpleName() + ": " + failure.getMessage());
  }
}
