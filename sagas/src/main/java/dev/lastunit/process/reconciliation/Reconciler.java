package dev.lastunit.process.reconciliation;

import dev.lastunit.payment.api.PaymentQuery.PaymentRecord;
import dev.lastunit.process.engine.Backoff;
import dev.lastunit.process.payment.PaymentProvider;
import dev.lastunit.process.payment.PaymentProvider.Charge;
import dev.lastunit.process.payment.PaymentProvider.ChargePage;
import dev.lastunit.process.payment.PaymentProvider.ListedCharge;
import dev.lastunit.process.reconciliation.Comparison.Found;
import dev.lastunit.process.reconciliation.DifferenceStore.Unresolved;
import dev.lastunit.process.reconciliation.Healing.Examination;
import dev.lastunit.process.reconciliation.Healing.Step;
import dev.lastunit.process.reconciliation.RunStore.Run;
import dev.lastunit.shared.api.OrderId;
import dev.lastunit.shared.api.PaymentId;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.ToDoubleFunction;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Walks through the provider's charges and our payments, slice by slice of time, and looks after
 * what differs. On a thread of its own, one thing after the other.
 *
 * <p>A slice's suspicions and the run's progress commit together, under the run's claim: a node
 * that dies halfway is followed by itself or another one from the last slice on, and nothing is
 * found twice. A difference is taken on under a lease, looked at closely and mended by steps that
 * may be repeated.
 */
final class Reconciler implements SmartLifecycle {

  private static final Logger LOG = LoggerFactory.getLogger(Reconciler.class);

  private static final int PAGE = 500;

  /** Charges and payments of a slice after which the next one is longer, or shorter. */
  private static final int FEW = 1_000;

  private static final int MANY = 20_000;

  /** How often the provider was asked for a charge that is missing before anything is done. */
  private static final int ASKED_BEFORE = 2;

  private static final int DIFFERENCES_AT_ONCE = 16;
  private static final Duration LEASE = Duration.ofMinutes(2);
  private static final Duration PATIENCE = Duration.ofSeconds(20);
  private static final Duration COUNT_EVERY = Duration.ofSeconds(30);

  private final RunStore runs;
  private final DifferenceStore differences;
  private final TransactionTemplate transactions;
  private final PaymentProvider provider;
  private final Books books;
  private final Healing healing;
  private final ReconciliationSettings settings;
  private final Backoff backoff;
  private final String node;
  private final Clock clock;
  private final Object lifecycle = new Object();
  private final Object alarm = new Object();
  private boolean woken;
  private volatile boolean running;
  private volatile Unresolved unresolved = new Unresolved(0, 0, 0);
  private Instant countAt = Instant.MIN;
  private Instant firstRunAt;
  private Duration slice;
  private Thread thread;

  Reconciler(
      RunStore runs,
      DifferenceStore differences,
      PlatformTransactionManager transactions,
      PaymentProvider provider,
      Books books,
      Healing healing,
      ReconciliationSettings settings,
      Backoff backoff,
      String node,
      Clock clock,
      MeterRegistry meters) {
    this.runs = runs;
    this.differences = differences;
    this.transactions = new TransactionTemplate(transactions);
    this.provider = provider;
    this.books = books;
    this.healing = healing;
    this.settings = settings;
    this.backoff = backoff;
    this.node = node;
    this.clock = clock;
    this.slice = settings.slice();
    gauge(meters, "open", "Differences that are being mended", Unresolved::open);
    gauge(meters, "parked", "Differences that wait for an operator", Unresolved::parked);
    gauge(meters, "overdue", "Differences past their deadline", Unresolved::overdue);
  }

  private void gauge(
      MeterRegistry meters, String name, String what, ToDoubleFunction<Unresolved> count) {
    Gauge.builder(
            "lastunit.reconciliation." + name, this, one -> count.applyAsDouble(one.unresolved))
        .description(what)
        .register(meters);
  }

  /** Makes the thread look at once. */
  void wake() {
    synchronized (alarm) {
      woken = true;
      alarm.notifyAll();
    }
  }

  private void work() {
    while (running) {
      boolean more = false;
      try {
        more = round();
      } catch (RuntimeException e) {
        if (running) {
          LOG.warn("Reconciliation failed; trying again: {}", e.toString());
        }
      } catch (InterruptedException e) {
        return;
      }
      if (!more && !pause()) {
        return;
      }
    }
  }

  /**
   * Begins what is to begin, compares one slice, mends what is due; true when there may be more.
   */
  boolean round() throws InterruptedException {
    schedule();
    boolean more = compareOneSlice() | mendWhatIsDue();
    count(more);
    return more;
  }

  private boolean pause() {
    synchronized (alarm) {
      try {
        if (!woken) {
          alarm.wait(settings.poll().toMillis());
        }
        woken = false;
        return true;
      } catch (InterruptedException e) {
        return false;
      }
    }
  }

  private void count(boolean changed) {
    Instant now = clock.instant();
    if (changed || !now.isBefore(countAt)) {
      unresolved = differences.unresolved(now);
      countAt = now.plus(COUNT_EVERY);
    }
  }

  // Runs

  /** Begins the schedule's next run when it is time. */
  private void schedule() {
    Duration interval = settings.interval();
    if (interval == null) {
      return;
    }
    Instant now = clock.instant();
    if (firstRunAt == null) {
      firstRunAt = now.plus(interval);
    }
    Run last = runs.latestOfSchedule();
    Instant next = last == null ? firstRunAt : last.createdAt().plus(interval);
    if (next.isAfter(now)) {
      return;
    }
    Instant to = now.minus(settings.settle());
    Instant from = to.minus(settings.lookback());
    if (last != null && last.to().isBefore(from)) {
      from = last.to();
    }
    runs.begin(Reconciliations.nameAt(now), RunStore.SCHEDULE, from, to, now);
  }

  /** True when there may be more to do at once. */
  private boolean compareOneSlice() throws InterruptedException {
    Instant now = clock.instant();
    Run run = transactions.execute(status -> runs.claim(node, now, now.plus(LEASE)));
    if (run == null) {
      return false;
    }
    try {
      compare(run);
      return true;
    } catch (RuntimeException | ExecutionException | TimeoutException e) {
      Instant again = clock.instant().plus(backoff.after(run.attempt() + 1));
      LOG.warn("Run {} could not go on from {}: {}", run.runId(), run.doneUpTo(), e.toString());
      runs.failed(run, node, text(e), again);
      return false;
    }
  }

  private void compare(Run run) throws InterruptedException, ExecutionException, TimeoutException {
    Instant from = run.doneUpTo();
    Instant end = from.plus(slice);
    Instant to = end.isBefore(run.to()) ? end : run.to();
    Map<String, List<ListedCharge>> charges = charges(from, to);
    List<Difference> suspicions = new ArrayList<>();
    Map<PaymentId, PaymentRecord> payments = payments(charges);
    charges.forEach(
        (reference, all) -> {
          OrderId order = Difference.orderId(reference);
          PaymentRecord payment = order == null ? null : payments.get(PaymentId.of(order));
          suspect(run, reference, payment, all, suspicions);
        });
    long opened = suspectUncharged(run, from, to, charges, suspicions);
    suspicions.sort(Comparator.comparing(Difference::id));
    long charged = charges.values().stream().mapToLong(List::size).sum();
    Instant now = clock.instant();
    transactions.executeWithoutResult(
        status -> {
          differences.suspect(suspicions);
          if (!runs.advance(run, node, to, charged, opened, now)) {
            // Another node went on with it: what it finds counts.
            status.setRollbackOnly();
          }
        });
    fit(charged + opened);
  }

  /** The next slice is longer where there was little, and shorter where there was much. */
  private void fit(long compared) {
    if (compared < FEW && slice.compareTo(settings.longestSlice()) < 0) {
      Duration longer = slice.multipliedBy(2);
      slice = longer.compareTo(settings.longestSlice()) < 0 ? longer : settings.longestSlice();
    } else if (compared > MANY) {
      Duration shorter = slice.dividedBy(2);
      slice = shorter.compareTo(settings.slice()) > 0 ? shorter : settings.slice();
    }
  }

  /** All that was charged in a time, by reference; one by one where there is no reference. */
  private Map<String, List<ListedCharge>> charges(Instant from, Instant to)
      throws InterruptedException, ExecutionException, TimeoutException {
    Map<String, List<ListedCharge>> charges = new LinkedHashMap<>();
    String cursor = null;
    do {
      ChargePage page = get(provider.list(from, to, cursor));
      for (ListedCharge charge : page.charges()) {
        charges.computeIfAbsent(charge.reference(), key -> new ArrayList<>(1)).add(charge);
      }
      cursor = page.next();
    } while (cursor != null);
    return charges;
  }

  private Map<PaymentId, PaymentRecord> payments(Map<String, List<ListedCharge>> charges)
      throws InterruptedException, ExecutionException, TimeoutException {
    List<PaymentId> wanted =
        charges.keySet().stream()
            .map(Difference::orderId)
            .filter(order -> order != null)
            .map(PaymentId::of)
            .toList();
    Map<PaymentId, PaymentRecord> payments = new HashMap<>();
    for (int at = 0; at < wanted.size(); at += PAGE) {
      for (PaymentRecord payment :
          get(books.payments(wanted.subList(at, Math.min(wanted.size(), at + PAGE))))) {
        payments.put(payment.paymentId(), payment);
      }
    }
    return payments;
  }

  private void suspect(
      Run run,
      String reference,
      PaymentRecord payment,
      List<ListedCharge> charges,
      List<Difference> suspicions) {
    if (Difference.orderId(reference) == null) {
      // Nothing tells that these belong together.
      for (ListedCharge charge : charges) {
        add(run, reference, null, List.of(charge), suspicions);
      }
    } else {
      add(run, reference, payment, charges, suspicions);
    }
  }

  private void add(
      Run run,
      String reference,
      PaymentRecord payment,
      List<ListedCharge> charges,
      List<Difference> suspicions) {
    List<Charge> theirs = charges.stream().map(ListedCharge::charge).toList();
    List<Found> found = Comparison.of(payment, false, theirs);
    if (found.isEmpty()) {
      return;
    }
    Instant changed = payment == null ? Instant.MIN : payment.changedAt();
    for (ListedCharge charge : charges) {
      changed = charge.madeAt().isAfter(changed) ? charge.madeAt() : changed;
    }
    suspicions.add(suspicion(run, reference, found.getFirst(), changed));
  }

  private Difference suspicion(Run run, String reference, Found found, Instant changed) {
    Instant now = clock.instant();
    Instant settled = changed.plus(settings.settle());
    return Difference.suspected(
        run.runId(), reference, found, now, settled.isAfter(now) ? settled : now);
  }

  /** The other way: payments of the time that should have a charge; answers how many there are. */
  private long suspectUncharged(
      Run run,
      Instant from,
      Instant to,
      Map<String, List<ListedCharge>> charges,
      List<Difference> suspicions)
      throws InterruptedException, ExecutionException, TimeoutException {
    long opened = 0;
    PaymentRecord last = null;
    List<PaymentRecord> page;
    do {
      page = get(books.opened(from, to, last, PAGE));
      opened += page.size();
      for (PaymentRecord payment : page) {
        String reference = payment.orderId().value();
        if (!charges.containsKey(reference)) {
          List<Found> found = Comparison.of(payment, true, List.of());
          if (!found.isEmpty()) {
            suspicions.add(suspicion(run, reference, found.getFirst(), payment.changedAt()));
          }
        }
        last = payment;
      }
    } while (page.size() == PAGE);
    return opened;
  }

  // Differences

  /** True when there may be more to do at once. */
  private boolean mendWhatIsDue() throws InterruptedException {
    Instant now = clock.instant();
    List<Difference> due =
        transactions.execute(
            status -> differences.claim(DIFFERENCES_AT_ONCE, now, now.plus(LEASE)));
    for (Difference one : due) {
      mend(one);
    }
    return due.size() == DIFFERENCES_AT_ONCE;
  }

  private void mend(Difference difference) throws InterruptedException {
    Difference current = difference;
    try {
      Examination examination = get(healing.examine(current));
      if (examination.found().isEmpty()) {
        if (current.state() == Difference.State.SUSPECTED) {
          differences.delete(current);
        } else {
          differences.update(current.healed(clock.instant()));
        }
        return;
      }
      Found found = examination.found().getFirst();
      Instant now = clock.instant();
      current = current.opened(found, now, now.plus(settings.deadline()));
      Remedy remedy =
          current.givingUp() ? Healing.compensation(examination, found) : found.remedy();
      if (remedy == Remedy.PARK) {
        differences.update(current.parked("needs-a-decision", null, now));
      } else if (current.attempt() >= settings.attempts()) {
        exhausted(current, now);
      } else if (found.charge() == null && current.attempt() < ASKED_BEFORE) {
        // A provider may not show at once what it has.
        tried(current, new Step.Done("asked, and the provider has no charge", null));
      } else if (differences.update(current)) {
        // What was found is written before anything is done: it is told also when this node dies.
        current = current.written();
        tried(current, get(healing.take(remedy, examination, found)));
      }
    } catch (RuntimeException | ExecutionException | TimeoutException e) {
      failed(current, text(e));
    }
  }

  private void tried(Difference opened, Step step) {
    Instant now = clock.instant();
    switch (step) {
      case Step.Done(String what, Charge after) ->
          differences.update(
              (after == null ? opened : opened.with(after))
                  .again(
                      opened.attempt() + 1,
                      now.plus(backoff.after(opened.attempt() + 1)),
                      null,
                      now + " " + what));
      case Step.Stuck(String why) ->
          differences.update(
              opened.givingUp() ? opened.abandoned(why, now) : opened.parked("stuck", why, now));
    }
  }

  private void exhausted(Difference opened, Instant now) {
    differences.update(
        opened.givingUp()
            ? opened.abandoned("it still differs", now)
            : opened.parked("attempts-exhausted", opened.lastError(), now));
  }

  private void failed(Difference difference, String error) {
    Instant now = clock.instant();
    int attempt = difference.attempt() + 1;
    if (difference.state() != Difference.State.SUSPECTED && attempt > settings.attempts()) {
      exhausted(difference, now);
      return;
    }
    Instant again = now.plus(backoff.after(attempt));
    differences.update(
        difference.state() == Difference.State.SUSPECTED
            ? difference.suspectedUntil(again, attempt, error)
            : difference.again(attempt, again, error, now + " failed (" + attempt + "): " + error));
  }

  private static <T> T get(CompletableFuture<T> future)
      throws InterruptedException, ExecutionException, TimeoutException {
    return future.get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
  }

  /** One line, bounded, without what a text column refuses. */
  private static String text(Throwable failure) {
    Throwable cause =
        failure instanceof ExecutionException && failure.getCause() != null
            ? failure.getCause()
            : failure;
    String text = cause.toString().replaceAll("\\p{Cntrl}+", " ");
    return text.length() <= 300 ? text : text.substring(0, 300) + "…";
  }

  @Override
  public void start() {
    synchronized (lifecycle) {
      if (!running) {
        running = true;
        thread = Thread.ofPlatform().name("process-reconciliation").start(this::work);
      }
    }
  }

  /** Ends what is under way, for at most 5 s; what is not done is done later. */
  @Override
  public void stop() {
    synchronized (lifecycle) {
      if (!running) {
        return;
      }
      running = false;
      wake();
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
