package dev.lastunit.audit.query;

import dev.lastunit.audit.query.invariants.Grace;
import dev.lastunit.audit.query.invariants.Invariant;
import dev.lastunit.audit.query.invariants.Invariant.Finding;
import dev.lastunit.shared.api.ErrorCode;
import dev.lastunit.shared.api.Problem;
import dev.lastunit.shared.api.RecordedEvent;
import dev.lastunit.shared.query.store.EventFilter;
import dev.lastunit.shared.query.store.StoredEvent;
import dev.lastunit.shared.query.store.StoredEvents;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/**
 * Checks the invariants against the whole event store, in one pass from the first event to the last
 * one at its beginning.
 *
 * <p>An event of unknown type or revision, a payload that cannot be read, or a gap between
 * positions ends the audit with an error: nothing is passed over, and an audit that did not see
 * everything says nothing.
 *
 * <p>Cost: reads and parses every event, so minutes on a store of many millions; memory grows with
 * the number of orders and SKUs. At most {@link #AT_ONCE} run at once. Never blocks: events are
 * folded on a thread for such work.
 */
public final class InvariantsAudit {

  static final int AT_ONCE = 2;

  private static final Logger LOG = LoggerFactory.getLogger(InvariantsAudit.class);

  private final StoredEvents store;
  private final Clock clock;
  private final Grace grace;
  private final AtomicInteger running = new AtomicInteger();

  InvariantsAudit(StoredEvents store, Clock clock, Grace grace) {
    this.store = store;
    this.clock = clock;
    this.grace = grace;
  }

  /**
   * What the audit says.
   *
   * @param position of the last event that was looked at
   * @param ok whether all invariants hold
   */
  public record Report(long position, boolean ok, List<Finding> invariants) {}

  /** One pass. */
  private final class Pass {
    private final List<Invariant> invariants = Invariant.all(grace);
    private long position;

    void take(List<StoredEvent> events) {
      for (StoredEvent event : events) {
        if (event.position() != position + 1) {
          throw new IllegalStateException(
              "Position " + event.position() + " follows position " + position);
        }
        position = event.position();
        RecordedEvent recorded = event.recorded();
        invariants.forEach(invariant -> invariant.apply(recorded));
      }
    }

    Report finish(long head) {
      if (position != head) {
        throw new IllegalStateException("The store ends at " + head + ", read up to " + position);
      }
      Instant now = clock.instant();
      List<Finding> findings = invariants.stream().map(invariant -> invariant.finish(now)).toList();
      return new Report(position, findings.stream().allMatch(Finding::ok), findings);
    }
  }

  /**
   * Runs the audit.
   *
   * @param minPosition the store must have got so far
   * @return fails with INTERNAL when the history cannot be read, OVERLOADED when enough audits run;
   *     a repeat is safe
   */
  public Mono<Report> run(long minPosition) {
    return Mono.defer(
        () -> {
          if (running.incrementAndGet() > AT_ONCE) {
            running.decrementAndGet();
            return Mono.error(
                new Problem(ErrorCode.OVERLOADED, "Enough audits are running; try again later"));
          }
          return store
              .headAtLeast(minPosition)
              .flatMap(this::pass)
              .doFinally(signal -> running.decrementAndGet());
        });
  }

  private Mono<Report> pass(long head) {
    Pass pass = new Pass();
    return store
        .batches(EventFilter.ALL, 0, head, Long.MAX_VALUE)
        .publishOn(Schedulers.boundedElastic(), 1)
        .doOnNext(pass::take)
        .then(Mono.fromSupplier(() -> pass.finish(head)))
        .onErrorMap(
            IllegalStateException.class,
            error -> {
              LOG.error("The audit cannot read the history: {}", error.getMessage());
              return new Problem(
                  ErrorCode.INTERNAL, "The history cannot be read: " + error.getMessage());
            });
  }
}
