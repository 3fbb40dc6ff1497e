package dev.lastunit.process.reconciliation;

import dev.lastunit.process.engine.ParkedProcesses.Parked;
import dev.lastunit.process.engine.ParkedThings;
import dev.lastunit.shared.api.Problem;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.function.Function;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/** Differences that wait for an operator, as parked things. Blocks. Safe for several threads. */
final class ParkedDifferences implements ParkedThings {

  /** The first part of their identifiers. */
  static final String PROCESS = "difference";

  private final DifferenceStore store;
  private final TransactionTemplate transactions;
  private final Reconciler reconciler;
  private final Clock clock;

  ParkedDifferences(
      DifferenceStore store,
      PlatformTransactionManager transactions,
      Reconciler reconciler,
      Clock clock) {
    this.store = store;
    this.transactions = new TransactionTemplate(transactions);
    this.reconciler = reconciler;
    this.clock = clock;
  }

  @Override
  public boolean has(String process) {
    return process.equals(PROCESS);
  }

  @Override
  public List<Parked> list(Parked after, int limit) {
    List<Difference> found;
    if (after == null) {
      found = store.parked(Instant.EPOCH, "", limit);
    } else {
      // Places are in the order of time, process, instance.
      int order = after.process().compareTo(PROCESS);
      String id = order == 0 ? after.instance() : order < 0 ? "" : null;
      found = store.parked(after.parkedAt(), id, limit);
    }
    return found.stream().map(ParkedDifferences::view).toList();
  }

  @Override
  public Parked find(String id) {
    return change(id, one -> null);
  }

  @Override
  public Parked retry(String id) {
    Parked before = change(id, one -> one.retried(clock.instant()));
    reconciler.wake();
    return before;
  }

  @Override
  public boolean abandon(String id) {
    change(id, one -> one.givenUp(clock.instant()));
    reconciler.wake();
    return true;
  }

  /** Answers how it was; null makes no change. */
  private Parked change(String id, Function<Difference, Difference> next) {
    String difference = id.substring(PROCESS.length() + 1);
    return transactions.execute(
        status -> {
          Difference one = store.lock(difference);
          if (one == null || one.parkedReason() == null) {
            throw Problem.notFound("parked difference");
          }
          Difference changed = next.apply(one);
          if (changed != null) {
            store.update(changed);
          }
          return view(one);
        });
  }

  private static Parked view(Difference one) {
    return new Parked(
        PROCESS + ":" + one.id(),
        PROCESS,
        one.id(),
        one.kind().text(),
        one.parkedReason(),
        one.lastError() == null
            ? "ours: " + one.ours() + "; theirs: " + one.theirs()
            : one.lastError(),
        one.attempt(),
        one.parkedAt(),
        one.history());
  }
}
