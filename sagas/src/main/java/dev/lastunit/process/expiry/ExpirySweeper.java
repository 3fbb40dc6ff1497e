package dev.lastunit.process.expiry;

import dev.lastunit.inventory.api.StockCommand.ExpireReservations;
import dev.lastunit.process.engine.CommandSender;
import dev.lastunit.process.expiry.DeadlineStore.Claim;
import dev.lastunit.process.expiry.DeadlineStore.Settled;
import dev.lastunit.shared.api.Result.Accepted;
import dev.lastunit.shared.api.Result.Refused;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Asks each SKU whose deadline has come to expire what is due, and notes when to ask again. Works
 * in rounds of at most {@value #ROUND} SKUs on a thread of its own; a full round is followed by the
 * next at once. What is overdue because nothing ran is asked right after the start. Two nodes never
 * ask the same SKU at a time, and it would do no harm.
 */
final class ExpirySweeper implements SmartLifecycle {

  private static final Logger LOG = LoggerFactory.getLogger(ExpirySweeper.class);

  /** SKUs that are asked at a time. */
  static final int ROUND = 128;

  private static final Duration LEASE = Duration.ofSeconds(10);
  private static final Duration PATIENCE = Duration.ofSeconds(8);

  private final DeadlineStore store;
  private final TransactionTemplate transactions;
  private final CommandSender sender;
  private final Clock clock;
  private final Duration poll;
  private final Object lifecycle = new Object();
  private volatile boolean running;
  private Thread thread;

  ExpirySweeper(
      DeadlineStore store,
      PlatformTransactionManager transactions,
      CommandSender sender,
      Clock clock,
      Duration poll) {
    this.store = store;
    this.transactions = new TransactionTemplate(transactions);
    this.sender = sender;
    this.clock = clock;
    this.poll = poll;
  }

  private void sweep() {
    while (running) {
      boolean more = false;
      try {
        more = round();
      } catch (RuntimeException e) {
        if (running) {
          LOG.warn("Looking for expired reservations failed; trying again: {}", e.toString());
        }
      } catch (InterruptedException e) {
        return;
      }
      if (!more) {
        try {
          Thread.sleep(poll);
        } catch (InterruptedException e) {
          return;
        }
      }
    }
  }

  /** One round; true when there may be more. */
  private boolean round() throws InterruptedException {
    Instant now = clock.instant();
    List<Claim> claims = transactions.execute(status -> store.claim(ROUND, now, now.plus(LEASE)));
    if (claims.isEmpty()) {
      return false;
    }
    List<CompletableFuture<Settled>> asked = claims.stream().map(this::ask).toList();
    List<Settled> settled = new ArrayList<>(claims.size());
    List<Claim> failed = new ArrayList<>();
    long patienceMillis = PATIENCE.toMillis();
    for (int at = 0; at < claims.size(); at++) {
      try {
        settled.add(asked.get(at).get(patienceMillis, TimeUnit.MILLISECONDS));
      } catch (ExecutionException | TimeoutException e) {
        failed.add(claims.get(at));
        // The others have had as much time as this one.
        patienceMillis = e instanceof TimeoutException ? 1 : patienceMillis;
      }
    }
    transactions.executeWithoutResult(status -> store.settle(settled));
    if (!failed.isEmpty()) {
      // Their leases end, and then they are asked again.
      LOG.warn("{} SKUs did not answer when their reservations were due", failed.size());
    }
    return claims.size() == ROUND && failed.isEmpty();
  }

  private CompletableFuture<Settled> ask(Claim claim) {
    return sender
        .send(new ExpireReservations(claim.sku(), clock.instant()))
        .thenApply(
            answer ->
                switch (answer) {
                  case Accepted<Instant>(Instant next, boolean repeated) ->
                      new Settled(claim, next);
                  // A SKU that inventory does not know has nothing to expire.
                  case Refused<Instant> refused -> new Settled(claim, null);
                });
  }

  @Override
  public void start() {
    synchronized (lifecycle) {
      if (!running) {
        running = true;
        thread = Thread.ofPlatform().name("process-expiry").start(this::sweep);
      }
    }
  }

  /** Ends the present round, for at most 5 s; what is not settled is asked again later. */
  @Override
  public void stop() {
    synchronized (lifecycle) {
      if (!running) {
        return;
      }
      running = false;
      try {
        if (!thread.join(Duration.ofSeconds(5))) {
          thread.interrupt();
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }

  @Override
  public boolean isRunning() {
    return running;
  }

  @Override
  public int getPhase() {
    return DEFAULT_PHASE - 512;
  }
}
