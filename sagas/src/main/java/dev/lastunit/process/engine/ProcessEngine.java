package dev.lastunit.process.engine;

import dev.lastunit.process.engine.InstanceStore.Key;
import dev.lastunit.process.engine.ProcessRuntime.Step;
import dev.lastunit.process.engine.Stimulus.TimedOut;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import org.springframework.dao.NonTransientDataAccessException;
import org.springframework.dao.NonTransientDataAccessResourceException;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Runs the instances of all processes on this node.
 *
 * <p><b>Way of an instance.</b> It begins {@link Young}, in memory, and most end there. One that
 * grows old becomes a row. The row becomes due, by an event or by time. It is leased to this node,
 * its effect is started, and nobody waits for it: the outcome is decided when it comes, the
 * decision is written under the row's version, and the next effect starts at once. When the row has
 * changed meanwhile, because an event was noted, the outcome is decided again upon what the row now
 * says. When the step has changed, somebody else ran it and the outcome is dropped.
 *
 * <p><b>Bounds.</b> At most {@link EngineSettings#maxInFlight} instances of a process are in
 * memory; the others stay due in the table. <b>Crash.</b> What was young begins again with its
 * events. A row that was in memory is leased and becomes due again when the lease ends, or at the
 * next start of a node of the same name. <b>Failure.</b> An effect that fails is tried again with
 * growing pauses and then parked.
 *
 * <p><b>Threads.</b> One writes: it takes all outcomes that came while the last ones were written
 * and writes them in one transaction. One polls. Effects start on virtual threads.
 */
public final class ProcessEngine implements SmartLifecycle {

  private static final Logger LOG = LoggerFactory.getLogger(ProcessEngine.class);

  private static final int CLAIM_LIMIT = 128;
  private static final int WRITE_LIMIT = 512;
  private static final int COUNT_PARKED_EVERY = 25;

  /** Something that is ready to be written; {@code row} is null unless a row is written. */
  private record Finished<S extends ProcessState>(
      ProcessRuntime<S> runtime,
      Instance<S> before,
      Stimulus stimulus,
      Throwable failure,
      Step<S> step,
      InstanceRow row) {

    Key key() {
      return new Key(runtime.name(), before.id());
    }
  }

  /** Wakes the writer without giving it anything to write. */
  private static final Finished<?> NOTHING = new Finished<>(null, null, null, null, null, null);

  private final InstanceStore store;
  private final TransactionTemplate transactions;
  private final EngineSettings settings;
  private final Clock clock;
  private final MeterRegistry meters;
  private final Map<String, ProcessRuntime<?>> runtimes = new LinkedHashMap<>();
  private final LinkedBlockingQueue<Finished<?>> finished = new LinkedBlockingQueue<>();
  private final Semaphore wake = new Semaphore(0);
  private final Object lifecycle = new Object();

  private volatile boolean running;

  /**
   * Running, and no lease of an earlier life of this node is left that could be mistaken for ours.
   */
  private volatile boolean leasing;

  private volatile boolean writing;
  private ExecutorService effects;
  private Thread poller;
  private Thread writer;

  public ProcessEngine(
      JdbcTemplate jdbc,
      PlatformTransactionManager transactions,
      EngineSettings settings,
      Clock clock,
      Backoff backoff,
      MeterRegistry meters,
      List<? extends ProcessDefinition<?>> definitions) {
    this.store = new InstanceStore(jdbc);
    this.transactions = new TransactionTemplate(transactions);
    this.settings = settings;
    this.clock = clock;
    this.meters = meters;
    for (ProcessDefinition<?> definition : definitions) {
      ProcessRuntime<?> runtime = new ProcessRuntime<>(definition, settings, backoff, meters);
      if (runtimes.put(definition.name(), runtime) != null) {
        throw new IllegalArgumentException("Two processes are called " + definition.name());
      }
    }
  }

  InstanceStore store() {
    return store;
  }

  TransactionTemplate transactions() {
    return transactions;
  }

  Clock clock() {
    return clock;
  }

  EngineSettings settings() {
    return settings;
  }

  /** The process of this name; null when there is none. */
  ProcessRuntime<?> runtime(String process) {
    return runtimes.get(process);
  }

  @SuppressWarnings("unchecked")
  <S extends ProcessState> ProcessRuntime<S> runtime(ProcessDefinition<S> definition) {
    ProcessRuntime<?> runtime = runtimes.get(definition.name());
    if (runtime == null || runtime.definition() != definition) {
      throw new IllegalArgumentException(definition.name() + " does not run on this engine");
    }
    return (ProcessRuntime<S>) runtime;
  }

  /** Takes places for instances that an event is about to make runnable; 0 while not running. */
  int tryReserve(ProcessRuntime<?> runtime, int wanted) {
    return !running || !leasing || runtime.backlog() ? 0 : runtime.tryReserve(wanted);
  }

  /** Rows were left due in the table for want of a place. */
  void leftInTable(ProcessRuntime<?> runtime) {
    runtime.backlog(true);
    wake();
  }

  void release(ProcessRuntime<?> runtime, int places) {
    runtime.release(places);
    if (runtime.backlog() && runtime.worthPolling()) {
      wake();
    }
  }

  /** Looks for due rows now instead of at the next poll. */
  void wake() {
    if (wake.availablePermits() == 0) {
      wake.release();
    }
  }

  // Running effects ------------------------------------------------------------------------------

  /** Runs a leased instance for which a place was taken. */
  <S extends ProcessState> void run(ProcessRuntime<S> runtime, Instance<S> instance) {
    try {
      effects.execute(() -> perform(runtime, instance));
    } catch (RejectedExecutionException stopped) {
      // Its lease is released at the end of stopping.
      release(runtime, 1);
    }
  }

  private <S extends ProcessState> void perform(ProcessRuntime<S> runtime, Instance<S> instance) {
    if (!instance.state().active()) {
      finish(runtime, instance, new TimedOut(), null);
      return;
    }
    performNow(
        runtime, instance, (outcome, failure) -> finish(runtime, instance, outcome, failure));
  }

  /**
   * Runs an effect for which a place was taken.
   *
   * @param then gets the outcome or the failure, on a thread of its own
   */
  <S extends ProcessState> void perform(
      ProcessRuntime<S> runtime, Instance<S> instance, BiConsumer<Stimulus, Throwable> then) {
    try {
      effects.execute(() -> performNow(runtime, instance, then));
    } catch (RejectedExecutionException stopped) {
      then.accept(null, stopped);
    }
  }

  private <S extends ProcessState> void performNow(
      ProcessRuntime<S> runtime, Instance<S> instance, BiConsumer<Stimulus, Throwable> then) {
    Timer.Sample sample = Timer.start(meters);
    CompletableFuture<? extends Stimulus.Outcome> effect;
    try {
      effect = runtime.definition().perform(instance.state());
    } catch (RuntimeException e) {
      effect = CompletableFuture.failedFuture(e);
    }
    effect
        .orTimeout(settings.effectTimeout().toMillis(), TimeUnit.MILLISECONDS)
        .whenCompleteAsync(
            (outcome, failure) -> {
              sample.stop(runtime.effectTimer(instance.state().step()));
              if (failure == null && outcome == null) {
                then.accept(null, new IllegalStateException("No outcome"));
              } else {
                then.accept(outcome, failure);
              }
            },
            effects);
  }

  /** Decides upon what an effect of an instance that has a row came to, and writes it. */
  <S extends ProcessState> void finish(
      ProcessRuntime<S> runtime, Instance<S> before, Stimulus stimulus, Throwable failure) {
    finished.add(finished(runtime, before, stimulus, failure));
  }

  /** Decides and prepares the row, so that the thread that writes has little to do. */
  private <S extends ProcessState> Finished<S> finished(
      ProcessRuntime<S> runtime, Instance<S> before, Stimulus stimulus, Throwable failure) {
    Step<S> step = decide(runtime, before, stimulus, failure);
    InstanceRow row =
        step instanceof Step.Write<S> write ? InstanceRow.of(runtime.name(), write.next()) : null;
    return new Finished<>(runtime, before, stimulus, failure, step, row);
  }

  <S extends ProcessState> Step<S> decide(
      ProcessRuntime<S> runtime, Instance<S> current, Stimulus stimulus, Throwable failure) {
    Instant now = clock.instant();
    if (failure != null) {
      return runtime.onFailure(current, failure, now);
    }
    try {
      return runtime.onOutcome(current, stimulus, now, running);
    } catch (RuntimeException e) {
      // A mistake in a process must not be tried for ever, nor take the others with it.
      return runtime.onFailure(current, e, now);
    }
  }

  // Writing --------------------------------------------------------------------------------------

  private void write() {
    List<Finished<?>> group = new ArrayList<>(WRITE_LIMIT);
    while (writing || !finished.isEmpty()) {
      group.clear();
      try {
        Finished<?> first = finished.poll(1, TimeUnit.SECONDS);
        if (first == null) {
          continue;
        }
        group.add(first);
        finished.drainTo(group, WRITE_LIMIT - 1);
        group.remove(NOTHING);
        if (group.isEmpty()) {
          continue;
        }
        writeUntilDone(group);
      } catch (InterruptedException e) {
        drop(group);
        return;
      }
    }
  }

  private void writeUntilDone(List<Finished<?>> group) throws InterruptedException {
    List<Finished<?>> left = group;
    for (int failures = 0; ; failures++) {
      try {
        left = writeUnchanged(left);
        writeChanged(left);
        return;
      } catch (RuntimeException e) {
        if (isFaultOfTheData(e) && left.size() > 1) {
          for (Finished<?> one : left) {
            writeUntilDone(List.of(one));
          }
          return;
        }
        if (isFaultOfTheData(e)) {
          LOG.error("State of process {} cannot be written", left.getFirst().key(), e);
          drop(left);
          return;
        }
        LOG.warn("Writing {} process states failed; trying again: {}", left.size(), describe(e));
        if (!writing) {
          drop(left);
          return;
        }
        Thread.sleep(Math.min(2_000, 50L << Math.min(failures, 6)));
      }
    }
  }

  /** The database refuses what is to be written, so that writing it again cannot help. */
  private static boolean isFaultOfTheData(RuntimeException e) {
    return e instanceof NonTransientDataAccessException
        && !(e instanceof NonTransientDataAccessResourceException);
  }

  /** Forgets instances; their leases end and they are run again. */
  private void drop(List<Finished<?>> group) {
    for (Finished<?> one : group) {
      release(one.runtime(), 1);
    }
  }

  /**
   * Writes what concerns rows that are as they were when their effects began: most of them.
   *
   * @return what concerns rows that have changed meanwhile
   */
  private List<Finished<?>> writeUnchanged(List<Finished<?>> group) {
    Map<Key, Finished<?>> byKey = new LinkedHashMap<>();
    List<Finished<?>> superseded = new ArrayList<>();
    for (Finished<?> one : group) {
      Finished<?> earlier = byKey.put(one.key(), one);
      if (earlier != null) {
        superseded.add(earlier);
      }
    }
    Map<InstanceRow, Long> updates = new LinkedHashMap<>();
    Map<Key, Long> deletes = new LinkedHashMap<>();
    for (Finished<?> one : byKey.values()) {
      long seen = one.before().version();
      switch (one.step()) {
        case Step.Nothing<?> nothing -> {}
        case Step.Delete<?> delete -> deletes.put(one.key(), seen);
        case Step.Write<?> write -> updates.put(one.row(), seen);
      }
    }
    Set<Key> written = store.writeUnchanged(updates, deletes, clock.instant());
    List<Finished<?>> changed = new ArrayList<>();
    for (Finished<?> one : byKey.values()) {
      if (one.step() instanceof Step.Nothing<?> || written.contains(one.key())) {
        settled(one).run();
      } else {
        changed.add(one);
      }
    }
    superseded.forEach(one -> release(one.runtime(), 1));
    return changed;
  }

  /** Decides again what concerns rows that have changed since their effects began. */
  private void writeChanged(List<Finished<?>> group) {
    if (group.isEmpty()) {
      return;
    }
    List<Runnable> after = new ArrayList<>(group.size());
    transactions.executeWithoutResult(
        status -> {
          after.clear();
          Map<Key, Long> seen = new HashMap<>();
          group.forEach(one -> seen.put(one.key(), one.before().version()));
          Map<Key, InstanceRow> rows = store.lockChanged(seen);
          List<InstanceRow> updates = new ArrayList<>();
          List<Key> deletes = new ArrayList<>();
          for (Finished<?> one : group) {
            if (rows.containsKey(one.key())) {
              settle(one, rows.get(one.key()), updates, deletes, after);
            } else {
              after.add(() -> release(one.runtime(), 1));
            }
          }
          store.update(updates, clock.instant());
          store.delete(deletes);
        });
    after.forEach(Runnable::run);
  }

  /**
   * Settles what becomes of one instance.
   *
   * @param changed the row as it now is; null when it is as it was when the effect began
   */
  private <S extends ProcessState> void settle(
      Finished<S> one,
      InstanceRow changed,
      List<InstanceRow> updates,
      List<Key> deletes,
      List<Runnable> after) {
    ProcessRuntime<S> runtime = one.runtime();
    Finished<S> valid = one;
    if (changed != null) {
      boolean elsewhere =
          changed.parkedReason() != null || !changed.state().equals(one.before().state().step());
      if (elsewhere) {
        after.add(() -> release(runtime, 1));
        return;
      }
      valid = finished(runtime, runtime.read(changed), one.stimulus(), one.failure());
    }
    switch (valid.step()) {
      case Step.Nothing<S> nothing -> {}
      case Step.Delete<S> delete -> deletes.add(one.key());
      case Step.Write<S> write -> updates.add(valid.row());
    }
    after.add(settled(valid));
  }

  /** What follows once an instance's step is written. */
  private <S extends ProcessState> Runnable settled(Finished<S> one) {
    ProcessRuntime<S> runtime = one.runtime();
    return switch (one.step()) {
      case Step.Nothing<S> nothing -> () -> release(runtime, 1);
      case Step.Delete<S> delete ->
          () -> {
            release(runtime, 1);
            runtime.ended(delete.outcome());
          };
      case Step.Write<S> write ->
          () -> {
            report(runtime, write.next());
            if (write.goOn() && write.next().leaseOwner() != null && running) {
              run(runtime, write.next());
            } else {
              release(runtime, 1);
              if (write.goOn()) {
                wake();
              }
            }
          };
    };
  }

  <S extends ProcessState> void report(ProcessRuntime<S> runtime, Instance<S> next) {
    if (next.parked()) {
      runtime.parkedOne();
      LOG.warn(
          "Parked {}:{} in {} after {} attempts ({}): {}",
          runtime.name(),
          next.id(),
          next.state().step(),
          next.attempt(),
          next.parkedReason(),
          next.lastError());
    } else if (next.attempt() > 0) {
      runtime.retried();
      // The first failure is an everyday matter; from the second on somebody may want to know.
      if (next.attempt() > 1) {
        LOG.warn(
            "{}:{} failed in {} for the {}. time: {}",
            runtime.name(),
            next.id(),
            next.state().step(),
            next.attempt(),
            next.lastError());
      }
    }
  }

  // Polling --------------------------------------------------------------------------------------

  private void poll() {
    for (int round = 0; running; round++) {
      try {
        if (!leasing) {
          takeOverLeases();
          leasing = running;
        }
        for (ProcessRuntime<?> runtime : runtimes.values()) {
          claim(runtime);
        }
        if (round % COUNT_PARKED_EVERY == 0) {
          Map<String, Integer> parked = store.countParked();
          runtimes.forEach((name, runtime) -> runtime.parkedNow(parked.getOrDefault(name, 0)));
        }
      } catch (RuntimeException e) {
        if (running) {
          LOG.warn("Looking for due processes failed; trying again: {}", describe(e));
        }
      }
      try {
        wake.tryAcquire(settings.poll().toMillis(), TimeUnit.MILLISECONDS);
        wake.drainPermits();
      } catch (InterruptedException e) {
        return;
      }
    }
  }

  private void takeOverLeases() {
    int taken =
        transactions.execute(status -> store.releaseLeases(settings.node(), clock.instant()));
    if (taken > 0) {
      LOG.info("Took up {} process instances that were running when this node last ended", taken);
    }
  }

  private <S extends ProcessState> void claim(ProcessRuntime<S> runtime) {
    // The other half is for what events make runnable meanwhile.
    int places = runtime.tryReserve(Math.clamp((runtime.free() + 1) / 2, 0, CLAIM_LIMIT));
    if (places == 0) {
      return;
    }
    List<InstanceRow> rows;
    try {
      rows =
          transactions.execute(
              status -> {
                Instant now = clock.instant();
                return store.claim(
                    runtime.name(), places, now, now.plus(settings.lease()), settings.node());
              });
    } catch (RuntimeException e) {
      runtime.release(places);
      throw e;
    }
    int started = 0;
    for (InstanceRow row : rows) {
      Instance<S> instance;
      try {
        instance = runtime.read(row);
      } catch (RuntimeException e) {
        LOG.error("State of {}:{} cannot be read; parked", row.process(), row.id(), e);
        store.parkUnreadable(row, ProcessRuntime.describe(e), clock.instant());
        runtime.parkedOne();
        continue;
      }
      started++;
      run(runtime, instance);
    }
    runtime.release(places - started);
    boolean more = rows.size() == places;
    runtime.backlog(more);
    if (more && runtime.worthPolling()) {
      wake();
    }
  }

  // Life cycle -----------------------------------------------------------------------------------

  @Override
  public void start() {
    synchronized (lifecycle) {
      if (running) {
        return;
      }
      effects =
          Executors.newThreadPerTaskExecutor(
              Thread.ofVirtual().name("process-effect-", 0).factory());
      running = true;
      writing = true;
      writer = Thread.ofPlatform().name("process-writer").start(this::write);
      poller = Thread.ofPlatform().name("process-poller").start(this::poll);
    }
  }

  /**
   * Finishes the effects that are in flight, for at most {@link EngineSettings#stopTimeout}, and
   * starts no others. Everything that is not finished stays due in the table.
   */
  @Override
  public void stop() {
    synchronized (lifecycle) {
      if (!running) {
        return;
      }
      running = false;
      leasing = false;
      wake();
      Duration left = settings.stopTimeout();
      join(poller, left);
      Duration step = Duration.ofMillis(10);
      while (inFlight() > 0 && left.isPositive()) {
        pause(step);
        left = left.minus(step);
      }
      writing = false;
      finished.add(NOTHING);
      join(writer, Duration.ofSeconds(2));
      effects.shutdownNow();
      try {
        transactions.executeWithoutResult(
            status -> store.releaseLeases(settings.node(), clock.instant()));
      } catch (RuntimeException e) {
        LOG.warn("Leases could not be released; they end by themselves: {}", describe(e));
      }
    }
  }

  /**
   * Ends at once, as a crash would: nothing is finished, nothing is released. For tests of what a
   * restart finds.
   */
  void crash() {
    synchronized (lifecycle) {
      running = false;
      leasing = false;
      writing = false;
      finished.clear();
      poller.interrupt();
      writer.interrupt();
      effects.shutdownNow();
      join(poller, Duration.ofSeconds(5));
      join(writer, Duration.ofSeconds(5));
    }
  }

  /** Instances of all processes that this node is running. */
  public int inFlight() {
    return runtimes.values().stream().mapToInt(ProcessRuntime::inFlight).sum();
  }

  @Override
  public boolean isRunning() {
    return running;
  }

  /** After the web server, which the default payment provider is reached through. */
  @Override
  public int getPhase() {
    return DEFAULT_PHASE - 512;
  }

  private static void join(Thread thread, Duration limit) {
    try {
      if (!thread.join(limit)) {
        thread.interrupt();
        thread.join(Duration.ofSeconds(1));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static void pause(Duration time) {
    try {
      Thread.sleep(time);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static String describe(RuntimeException e) {
    return ProcessRuntime.describe(e);
  }
}
