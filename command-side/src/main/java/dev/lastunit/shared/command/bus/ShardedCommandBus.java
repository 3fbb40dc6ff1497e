package dev.lastunit.shared.command.bus;

import dev.lastunit.shared.api.Command;
import dev.lastunit.shared.api.ErrorCode;
import dev.lastunit.shared.api.Result;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.axonframework.commandhandling.CommandCallback;
import org.axonframework.commandhandling.CommandMessage;
import org.axonframework.commandhandling.SimpleCommandBus;
import org.axonframework.common.Registration;
import org.axonframework.common.transaction.TransactionManager;
import org.axonframework.messaging.MessageHandler;
import org.axonframework.messaging.MessageHandlerInterceptor;
import org.axonframework.messaging.unitofwork.RollbackConfigurationType;

/**
 * Runs commands on a few shards and commits them in groups. A command's stream decides its shard; a
 * shard is one thread with one bounded queue and the aggregates of its streams, so commands of one
 * stream are handled one after the other in the order of their arrival, and need no locks.
 *
 * <p><b>Batches.</b> A shard takes what has come while its last commit was under way, waits for
 * nothing more, handles each command in a unit of work of its own inside a common one, and commits
 * all their events by one append that carries the commit with it. A batch ends at {@value
 * Shard#BATCH_COMMANDS} commands, {@value Shard#BATCH_EVENTS} events or 5 milliseconds. A lone
 * command is a batch of one and waits for nobody.
 *
 * <p><b>Aggregates that are not in memory</b> are read by one statement for all commands among the
 * next {@value Shard#READ_AHEAD} of the batch, each from its latest snapshot on. Long streams are
 * read by themselves. What was read ahead serves one attempt to commit the batch and no other. When
 * that statement fails, so does the attempt.
 *
 * <p><b>Replies</b> come after the commit, never before, on the shard's thread; also for commands
 * that recorded nothing, since what they saw may have been recorded in the same batch. They carry
 * the position of the last event that the command itself recorded under {@link #POSITION}; no entry
 * when it recorded nothing. Each command is answered exactly once.
 *
 * <p><b>Failures of one command.</b> A refusal is a value and harms nobody. A command whose handler
 * throws is rolled back alone; its aggregate, which may be half changed, is dropped, and the rest
 * of the batch goes on. If the batch holds earlier events of the same stream, then that stream's
 * further commands wait for the next batch, in their order: only when those events are committed
 * can the aggregate be loaded with them.
 *
 * <p><b>Failures of a batch.</b> Nothing of a batch is answered until its outcome is known. If it
 * was not committed, all its aggregates are dropped and its commands run again in halves, in order,
 * so that what cannot be committed is soon alone; for conflicts without limit, for other causes as
 * long as the batch is younger than 5 seconds, then they fail with the cause; with {@link
 * ErrorCode#OVERLOADED} when the store is short of something, such as room on its disk. If it is
 * not known whether the commit took place, as when the connection was lost, the store is asked: an
 * append that has the lock is waited for, and one that has not will never take place. Running the
 * commands again on suspicion would not do: a repeat is harmless to state, but a cart that was set
 * to 1, then to 2, would record both again. When the store does not say for 5 seconds, the commands
 * fail with {@link ErrorCode#OUTCOME_UNKNOWN}; they may be sent again.
 *
 * <p><b>Conflicts.</b> Another node may write to the same stream. The store's uniqueness lets one
 * of them win; the other runs its batch again as above. A command that is alone and loses three
 * times is handled once more while nobody else may append, so that no command fails because others
 * were quicker.
 *
 * <p><b>Errors.</b> A full queue fails the command with {@link ErrorCode#OVERLOADED}, and so does a
 * store without room: nothing happened, a repeat is safe. An unknown stream is a {@link
 * Result.Refused} with NOT_FOUND. Everything else fails with its cause: the outcome is then not
 * known, and the same command may be sent again.
 *
 * <p><b>Metadata</b> of a command is kept with every event that it records.
 *
 * <p><b>Aggregates</b> come from a {@link ShardRepository}. Handlers must not call out: a slow one
 * delays its whole shard.
 *
 * <p><b>Stop.</b> New commands are refused with OVERLOADED at once; what waits is handled for the
 * given time, then refused likewise.
 */
public final class ShardedCommandBus extends SimpleCommandBus {

  /**
   * Metadata key of a reply: position of the last event that the command recorded, a {@link Long}.
   */
  public static final String POSITION = "position";

  private final List<Shard> shards = new ArrayList<>();
  private final List<MessageHandlerInterceptor<? super CommandMessage<?>>> interceptors =
      new CopyOnWriteArrayList<>();

  /**
   * How much the bus may hold.
   *
   * @param shards threads, at least 1; each uses at most one database connection
   * @param queueCapacity commands that may wait for each shard, at least 1
   * @param aggregates to be kept in memory by all shards together, the recently used ones
   * @param batchTime a batch takes no further command after so long, so that loading long streams,
   *     a round trip or more for each, does not hold up those who have been handled
   */
  public record Limits(int shards, int queueCapacity, int aggregates, Duration batchTime) {

    /** With batches of 5 milliseconds at most. */
    public Limits(int shards, int queueCapacity, int aggregates) {
      this(shards, queueCapacity, aggregates, Duration.ofMillis(5));
    }
  }

  /** Starts the shards' threads. */
  public ShardedCommandBus(
      TransactionManager transactions, AppendLog log, Limits limits, MeterRegistry meters) {
    super(
        SimpleCommandBus.builder()
            .transactionManager(transactions)
            .rollbackConfiguration(RollbackConfigurationType.ANY_THROWABLE));
    BusMeters busMeters = new BusMeters(meters);
    for (int i = 0; i < limits.shards(); i++) {
      shards.add(
          new Shard("command-shard-" + i, limits, transactions, log, interceptors, busMeters));
    }
    Gauge.builder("lastunit.command.waiting", this, ShardedCommandBus::waiting)
        .description("Commands that wait in the queues of all shards")
        .register(meters);
  }

  private int waiting() {
    return shards.stream().mapToInt(Shard::waiting).sum();
  }

  @Override
  public Registration registerHandlerInterceptor(
      MessageHandlerInterceptor<? super CommandMessage<?>> interceptor) {
    interceptors.add(interceptor);
    return () -> interceptors.remove(interceptor);
  }

  @Override
  protected <C, R> void handle(
      CommandMessage<C> command,
      MessageHandler<? super CommandMessage<?>> handler,
      CommandCallback<? super C, ? super R> callback) {
    String stream = ((Command<?>) command.getPayload()).stream();
    shards
        .get(Math.floorMod(stream.hashCode(), shards.size()))
        .submit(new Pending<C, R>(command, stream, handler, callback));
  }

  /** Handles what waits, at most for the given time, and refuses the rest. Blocks. */
  public void stop(long patienceMillis) {
    long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(patienceMillis);
    shards.forEach(shard -> shard.beginStop(deadline));
    boolean interrupted = false;
    for (Shard shard : shards) {
      try {
        shard.awaitStop();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
