package dev.lastunit.catalogue.query.search;

import dev.lastunit.shared.api.ErrorCode;
import dev.lastunit.shared.api.Problem;
import java.time.Duration;
import org.apache.lucene.index.QueryTimeout;

/** Until when one request may use a thread. */
final class Deadline implements QueryTimeout {

  private final long end;
  private final Duration limit;

  Deadline(Duration limit) {
    this.limit = limit;
    this.end = System.nanoTime() + limit.toNanos();
  }

  @Override
  public boolean shouldExit() {
    return System.nanoTime() - end > 0;
  }

  /**
   * Ends a request that takes too long.
   *
   * @throws Problem QUERY_TOO_SLOW when the time is over
   */
  void check() {
    if (shouldExit()) {
      throw passed();
    }
  }

  /** What a client is told whose request took too long. */
  Problem passed() {
    return new Problem(
        ErrorCode.QUERY_TOO_SLOW,
        "The search was given up after "
            + limit.toMillis()
            + " ms: use more specific words or filters, or ask for no facets");
  }
}
