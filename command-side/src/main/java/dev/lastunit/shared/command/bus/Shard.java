package dev.lastunit.shared.command.bus;

import dev.lastunit.shared.api.Command;
import dev.lastunit.shared.api.ErrorCode;
import dev.lastunit.shared.api.Problem;
import dev.lastunit.shared.command.bus.ShardedCommandBus.Limits;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.axonframework.commandhandling.CommandMessage;
import org.axonframework.common.AxonException;
import org.axonframework.common.transaction.Transaction;
import org.axonframework.common.transaction.TransactionManager;
import org.axonframework.eventsourcing.eventstore.EventStoreException;
import org.axonframework.messaging.DefaultInterceptorChain;
import org.axonframework.messaging.InterceptorChain;
import org.axonframework.messaging.Message;
import org.axonframework.messaging.MessageHandlerInterceptor;
import org.axonframework.messaging.unitofwork.CurrentUnitOfWork;
import org.axonframework.messaging.unitofwork.DefaultUnitOfWork;
import org.axonframework.messaging.unitofwork.UnitOfWork;
import org.axonframework.modelling.command.AggregateStreamCreationException;
import org.axonframework.modelling.command.ConcurrencyException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One thread of a {@link ShardedCommandBus} with its queue and its aggregates. Its rules are
 * written there.
 */
final class Shard {

  private static final Logger LOG = LoggerFactory.getLogger(Shard.class);

  /** Commands of one batch at most. */
  static final int BATCH_COMMANDS = 512;

  /** A batch takes no further command when it holds so many events. */
  static final int BATCH_EVENTS = 2_048;

  /** Commands whose streams are looked at together when one of them is not in memory. */
  static final int READ_AHEAD = 128;

  /** Attempts of a command alone that hope for the best; the next one keeps all others away. */
  private static final int HOPEFUL_ATTEMPTS = 3;

  /** How long after a batch began its commands are run again for other reasons than conflicts. */
  private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(5);

  private static final long ASK_AGAIN_MILLIS = 50;

  /** Wakes a shard that waits for work; never handled. */
  private static final Pending<?, ?> WAKE = new Pending<>(null, null, null, null);

  private final TransactionManager transactions;
  private final AppendLog log;
  private final Iterable<MessageHandlerInterceptor<? super CommandMessage<?>>> interceptors;
  private final BusMeters meters;
  private final long batchNanos;
  private final ShardAggregates aggregates;
  private final CommandQueue<Pending<?, ?>> queue;
  private final Thread thread;

  /** Taken from the queue and not yet handled; the thread's own. */
  private final Deque<Pending<?, ?>> work = new ArrayDeque<>();

  private volatile long stopNanos;

  /** Why a batch was not committed. */
  private record Failure(Throwable cause, boolean outcomeUnknown) {
    boolean isConflict() {
      return !outcomeUnknown
          && (cause instanceof ConcurrencyException
              || cause instanceof AggregateStreamCreationException
              || cause instanceof EventStoreException
                  && cause.getCause() instanceof ConcurrencyException);
    }
  }

  Shard(
      String name,
      Limits limits,
      TransactionManager transactions,
      AppendLog log,
      Iterable<MessageHandlerInterceptor<? super CommandMessage<?>>> interceptors,
      BusMeters meters) {
    this.transactions = transactions;
    this.log = log;
    this.interceptors = interceptors;
    this.meters = meters;
    this.batchNanos = limits.batchTime().toNanos();
    this.aggregates = new ShardAggregates(Math.max(1, limits.aggregates() / limits.shards()));
    this.queue = new CommandQueue<>(limits.queueCapacity(), WAKE, Pending::refuseAsOverloaded);
    this.thread = Thread.ofPlatform().daemon().name(name).start(this::run);
  }

  int waiting() {
    return queue.size();
  }

  /** Takes the command, or answers it at once when there is no room or no time left. */
  void submit(Pending<?, ?> command) {
    queue.submit(command);
  }

  /** New commands are refused from now on, waiting ones handled until the deadline. */
  void beginStop(long deadlineNanos) {
    stopNanos = deadlineNanos;
    queue.beginStop(deadlineNanos);
  }

  /** Waits for the end or the deadline; then refuses what has not been begun. */
  void awaitStop() throws InterruptedException {
    long left = stopNanos - System.nanoTime();
    if (left > 0) {
      thread.join(TimeUnit.NANOSECONDS.toMillis(left) + 1);
    }
    queue.refuseWaiting();
  }

  private void run() {
    try {
      while (queue.take(work, BATCH_COMMANDS)) {
        runBatch();
        aggregates.trim();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      queue.end(work);
    }
  }

  private void runBatch() {
    List<Pending<?, ?>> batch = new ArrayList<>();
    long patienceEnds = System.nanoTime() + PATIENCE_NANOS;
    try {
      Failure failure = attempt(work, batch, false);
      if (failure != null) {
        if (log.isShortage().test(failure.cause())) {
          // The senders learn only that there is no room; an operator has to make some.
          LOG.error("The store could not take {} commands", batch.size(), failure.cause());
        }
        runAgain(batch, failure, patienceEnds);
      }
    } catch (Throwable bug) {
      LOG.error("A batch of commands ended in an unforeseen way", bug);
      batch.forEach(command -> aggregates.evict(command.stream));
      batch.stream().filter(command -> !command.isAnswered()).forEach(c -> c.fail(bug));
    }
  }

  /**
   * What to tell the sender of a command that certainly recorded nothing: OVERLOADED for a
   * shortage, the failure itself for anything else. The cause of a shortage is not for clients.
   */
  private Throwable told(Throwable failure) {
    return log.isShortage().test(failure)
        ? new Problem(ErrorCode.OVERLOADED, "The store has no room now; try again in a moment")
        : failure;
  }

  /** In halves, so that what cannot be committed is soon alone and hurts nobody else. */
  private void runAgain(List<Pending<?, ?>> batch, Failure failure, long patienceEnds) {
    if (isHopeless(failure, patienceEnds)) {
      batch.forEach(command -> command.fail(told(failure.cause())));
    } else if (batch.size() == 1) {
      runAlone(batch.getFirst(), patienceEnds);
    } else {
      int middle = batch.size() / 2;
      runPart(batch.subList(0, middle), patienceEnds);
      runPart(batch.subList(middle, batch.size()), patienceEnds);
    }
  }

  private void runPart(List<Pending<?, ?>> part, long patienceEnds) {
    Deque<Pending<?, ?>> commands = new ArrayDeque<>(part);
    while (!commands.isEmpty()) {
      List<Pending<?, ?>> batch = new ArrayList<>();
      Failure failure = attempt(commands, batch, false);
      if (failure != null) {
        runAgain(batch, failure, patienceEnds);
      }
    }
  }

  private void runAlone(Pending<?, ?> command, long patienceEnds) {
    for (int attempt = 1; ; attempt++) {
      boolean last = attempt > HOPEFUL_ATTEMPTS;
      Failure failure = attempt(new ArrayDeque<>(List.of(command)), new ArrayList<>(), last);
      if (failure == null) {
        return;
      }
      if (last || !failure.isConflict() || isHopeless(failure, patienceEnds)) {
        command.fail(told(failure.cause()));
        return;
      }
    }
  }

  private static boolean isHopeless(Failure failure, long patienceEnds) {
    return failure.outcomeUnknown()
        || !failure.isConflict() && System.nanoTime() - patienceEnds >= 0;
  }

  /**
   * Handles commands in one transaction and answers them after its commit. None of them is answered
   * when it was not committed; their aggregates are dropped then.
   *
   * @param commands to be taken from its head; those that have to wait for the next batch stay
   * @param batch receives those that were taken
   * @param alone whether nobody else may append meanwhile
   * @return null when it was committed
   */
  private Failure attempt(Deque<Pending<?, ?>> commands, List<Pending<?, ?>> batch, boolean alone) {
    DefaultUnitOfWork<?> root = DefaultUnitOfWork.startAndGet(null);
    Commit commit = new Commit();
    try {
      commit.transaction = transactions.startTransaction();
      root.onCommit(unitOfWork -> commit.run(log, root));
      log.begin().accept(root);
      root.resources().put(ShardAggregates.RESOURCE, aggregates);
      if (alone) {
        log.lock().run();
      }
      handle(commands, batch);
      long begun = System.nanoTime();
      root.commit();
      meters.committed(batch.size(), System.nanoTime() - begun);
    } catch (Throwable thrown) {
      if (!commit.done) {
        return failed(root, commit, thrown, commands, batch);
      }
    }
    answer(root, batch);
    return null;
  }

  /** The transaction's commit, and how far it got. */
  private static final class Commit {
    private Transaction transaction;
    private boolean begun;
    private boolean done;

    void run(AppendLog log, UnitOfWork<?> root) {
      begun = true;
      try {
        log.commit().accept(root);
      } catch (AxonException nothingRecorded) {
        begun = false;
        throw nothingRecorded;
      }
      transaction.commit();
      done = true;
    }
  }

  private Failure failed(
      UnitOfWork<?> root,
      Commit commit,
      Throwable thrown,
      Deque<Pending<?, ?>> commands,
      List<Pending<?, ?>> batch) {
    if (batch.isEmpty()) {
      // There was no transaction to be had: nobody was begun, but somebody must make progress.
      for (int i = 0; i < BATCH_COMMANDS && !commands.isEmpty(); i++) {
        batch.add(commands.poll());
      }
    }
    batch.forEach(command -> aggregates.evict(command.stream));
    rollBack(root, commit, thrown);
    if (!commit.begun) {
      return new Failure(thrown, false);
    }
    LOG.warn("A commit failed ({}); asking the store whether it took place", thrown.toString());
    Boolean committed = askWhetherCommitted(root);
    if (committed == null) {
      LOG.error("The outcome of {} commands is unknown", batch.size(), thrown);
      return new Failure(
          new Problem(
              ErrorCode.OUTCOME_UNKNOWN, "The store did not confirm; repeat with the same key"),
          true);
    }
    if (committed) {
      answer(root, batch);
      return null;
    }
    return new Failure(thrown, false);
  }

  private static void rollBack(UnitOfWork<?> root, Commit commit, Throwable cause) {
    try {
      while (CurrentUnitOfWork.isStarted() && CurrentUnitOfWork.get() != root) {
        CurrentUnitOfWork.clear(CurrentUnitOfWork.get());
      }
      if (root.isCurrent()) {
        root.rollback(cause);
      }
    } catch (RuntimeException e) {
      cause.addSuppressed(e);
    }
    try {
      if (commit.transaction != null) {
        commit.transaction.rollback();
      }
    } catch (RuntimeException e) {
      cause.addSuppressed(e);
    }
  }

  /** Null when the store does not say for too long. */
  private Boolean askWhetherCommitted(UnitOfWork<?> root) {
    long deadline = System.nanoTime() + PATIENCE_NANOS;
    while (true) {
      try {
        Transaction transaction = transactions.startTransaction();
        try {
          boolean committed = log.isCommitted().test(root);
          transaction.commit();
          return committed;
        } catch (RuntimeException e) {
          transaction.rollback();
          throw e;
        }
      } catch (RuntimeException e) {
        LOG.debug("The store does not say whether a commit took place", e);
      }
      if (System.nanoTime() - deadline >= 0) {
        return null;
      }
      try {
        Thread.sleep(ASK_AGAIN_MILLIS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return null;
      }
    }
  }

  private void handle(Deque<Pending<?, ?>> commands, List<Pending<?, ?>> batch) {
    Set<String> closed = new HashSet<>();
    Deque<Pending<?, ?>> later = new ArrayDeque<>();
    long opened = System.nanoTime();
    long now = opened;
    int events = 0;
    try {
      while (!commands.isEmpty()
          && batch.size() < BATCH_COMMANDS
          && events < BATCH_EVENTS
          && now - opened < batchNanos) {
        Pending<?, ?> command = commands.poll();
        if (!closed.isEmpty() && closed.contains(command.stream)) {
          later.add(command);
          continue;
        }
        batch.add(command);
        command.begunNanos = now;
        if (aggregates.isCold(command.stream)) {
          readAhead(command, commands);
          if (batch.size() == 1) {
            // Nobody has been handled yet who would be held up.
            opened = System.nanoTime();
          }
        }
        if (!handle(command) && recordedIn(batch, command.stream)) {
          closed.add(command.stream);
        }
        events += command.recorded;
        now = System.nanoTime();
      }
    } finally {
      aggregates.forgetAhead();
      while (!later.isEmpty()) {
        commands.addFirst(later.pollLast());
      }
    }
  }

  /** Reads the streams of this command and of the next ones, as far as they are not in memory. */
  private void readAhead(Pending<?, ?> command, Deque<Pending<?, ?>> next) {
    Set<String> cold = new LinkedHashSet<>();
    cold.add(command.stream);
    int left = READ_AHEAD - 1;
    for (Iterator<Pending<?, ?>> i = next.iterator(); left > 0 && i.hasNext(); left--) {
      String stream = i.next().stream;
      if (aggregates.isCold(stream)) {
        cold.add(stream);
      }
    }
    aggregates.readAhead(cold, log.read().apply(cold));
  }

  /**
   * Handles a command in a unit of work of its own, which is rolled back alone when it throws.
   *
   * @return false when its aggregate had to be dropped
   */
  private <C, R> boolean handle(Pending<C, R> command) {
    aggregates.begin(command.stream, ((Command<?>) command.message.getPayload()).expectsMore());
    command.recorded = 0;
    DefaultUnitOfWork<CommandMessage<?>> nested = DefaultUnitOfWork.startAndGet(command.message);
    nested.registerCorrelationDataProvider(Message::getMetaData);
    InterceptorChain chain = new DefaultInterceptorChain<>(nested, interceptors, command.handler);
    command.result = nested.executeWithResult(() -> castResult(chain.proceed()));
    if (command.result.isExceptional()) {
      return !aggregates.drop();
    }
    aggregates.keep();
    command.recorded = aggregates.recorded();
    return true;
  }

  @SuppressWarnings("unchecked")
  private static <R> R castResult(Object result) {
    return (R) result;
  }

  private static boolean recordedIn(List<Pending<?, ?>> batch, String stream) {
    return batch.stream().anyMatch(c -> c.recorded > 0 && c.stream.equals(stream));
  }

  private void answer(UnitOfWork<?> root, List<Pending<?, ?>> batch) {
    long first = log.firstAppended().applyAsLong(root);
    long last = log.lastAppended().applyAsLong(root);
    long recorded = 0;
    for (Pending<?, ?> command : batch) {
      recorded += command.recorded;
    }
    // Events that came in another way than by an aggregate would shift all that follow them; the
    // last position is then right for everybody, only later than need be.
    boolean exact = last - first + 1 == recorded;
    long position = first - 1;
    long now = System.nanoTime();
    for (Pending<?, ?> command : batch) {
      position += command.recorded;
      meters.handled(command.begunNanos - command.arrivedNanos, now - command.begunNanos);
      command.answer(command.recorded == 0 || last == 0 ? 0 : exact ? position : last);
    }
  }
}
