package dev.lastunit.audit.query.invariants;

import java.time.Duration;
import java.time.Instant;

/**
 * How much time work under way is given before what is missing counts as lost.
 *
 * @param settle for a step that nothing holds up: longer than the process takes, its retries and a
 *     restart of the service included
 */
public record Grace(Duration settle) {

  /** Whether something that was to follow an event of this time is overdue. */
  boolean isOver(Instant since, Instant now) {
    return now.isAfter(since.plus(settle));
  }
}
