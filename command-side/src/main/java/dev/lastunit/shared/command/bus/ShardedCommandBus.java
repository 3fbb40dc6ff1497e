package dev.lastunit.shared.command.bus;

import static org.axonframework.commandhandling.GenericCommandResultMessage.asCommandResultMessage;

import dev.lastunit.shared.api.Command;
import dev.lastunit.shared.api.ErrorCode;
import dev.lastunit.shared.api.Problem;
import dev.lastunit.shared.api.Result;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.axonframework.commandhandling.CommandCallback;
import org.axonframework.commandhandling.CommandMessage;
import org.axonframework.commandhandling.CommandResultMessage;
import org.axonframework.commandhandling.GenericCommandResultMessage;
import org.axonframework.commandhandling.SimpleCommandBus;
import org.axonframework.common.Registration;
import org.axonframework.common.transaction.TransactionManager;
import org.axonframework.eventsourcing.eventstore.EventStoreException;
import org.axonframework.messaging.DefaultInterceptorChain;
import org.axonframework.messaging.InterceptorChain;
import org.axonframework.messaging.Message;
import org.axonframework.messaging.MessageHandler;
import org.axonframework.messaging.MessageHandlerInterceptor;
import org.axonframework.messaging.ResultMessage;
import org.axonframework.messaging.unitofwork.DefaultUnitOfWork;
import org.axonframework.messaging.unitofwork.RollbackConfigurationType;
import org.axonframework.messaging.unitofwork.UnitOfWork;
import org.axonframework.modelling.command.AggregateNotFoundException;
import org.axonframework.modelling.command.AggregateStreamCreationException;
import org.axonframework.modelling.command.ConcurrencyException;

/**
 * Runs commands on a few shards. A command's stream decides its shard; a shard is one thread with
 * one bounded queue, so commands of one stream are handled one after the other in the order of
 * their arrival, and aggregates need no locks.
 *
 * <p><b>Replies</b> come after the commit, never before, on the shard's thread. They carry the
 * position of the last event that the command recorded under {@link #POSITION}; no entry when it
 * recorded nothing.
 *
 * <p><b>Conflicts.</b> Another node may write to the same stream. The store's uniqueness lets one
 * of them win; the other drops its cached aggregate, loads what has happened, and handles the
 * command again. Whoever lost {@value #HOPEFUL_ATTEMPTS} times handles it once more while nobody
 * else may append, so that no command fails because others were quicker.
 *
 * <p><b>Errors.</b> A full queue fails the command with {@link ErrorCode#OVERLOADED}: nothing
 * happened, a repeat is safe. An unknown stream is a {@link Result.Refused} with NOT_FOUND.
 * Everything else fails with its cause: the outcome is then not known, and the same command may be
 * sent again.
 *
 * <p><b>Metadata</b> of a command is kept with every event that it records.
 *
 * <p><b>Stop.</b> What waits in the queues is still handled for some seconds; new commands are
 * refused with OVERLOADED.
 */
public final class ShardedCommandBus extends SimpleCommandBus {

  /**
   * Metadata key of a reply: position of the last event that the command recorded, a {@link Long}.
   */
  public static final String POSITION = "position";

  /** Attempts that hope for the best; the one after them keeps all others from appending. */
  private static final int HOPEFUL_ATTEMPTS = 3;

  private final TransactionManager transactions;
  private final String positionResource;
  private final Runnable lockAppends;
  private final List<ThreadPoolExecutor> shards = new ArrayList<>();
  private final List<MessageHandlerInterceptor<? super CommandMessage<?>>> interceptors =
      new CopyOnWriteArrayList<>();
  private final Timer handling;

  /**
   * @param shards threads, at least 1; each holds at most one database connection
   * @param queueCapacity commands that may wait for each shard
   * @param positionResource key under which the event store leaves the last position among the unit
   *     of work's resources
   * @param lockAppends keeps everybody else from appending until the current transaction ends
   */
  public ShardedCommandBus(
      TransactionManager transactions,
      int shards,
      int queueCapacity,
      String positionResource,
      Runnable lockAppends,
      MeterRegistry meters) {
    super(
        SimpleCommandBus.builder()
            .transactionManager(transactions)
            .rollbackConfiguration(RollbackConfigurationType.ANY_THROWABLE));
    this.transactions = transactions;
    this.positionResource = positionResource;
    this.lockAppends = lockAppends;
    for (int i = 0; i < shards; i++) {
      String name = "command-shard-" + i;
      ThreadPoolExecutor shard =
          new ThreadPoolExecutor(
              1,
              1,
              0,
              TimeUnit.SECONDS,
              new ArrayBlockingQueue<>(queueCapacity),
              Thread.ofPlatform().daemon().name(name).factory(),
              new ThreadPoolExecutor.AbortPolicy());
      shard.prestartCoreThread();
      this.shards.add(shard);
    }
    this.handling =
        Timer.builder("lastunit.command.handling")
            .description("From a shard taking up a command to its commit")
            .publishPercentileHistogram()
            .register(meters);
    Gauge.builder("lastunit.command.waiting", this, ShardedCommandBus::waiting)
        .description("Commands that wait in the queues of all shards")
        .register(meters);
  }

  private int waiting() {
    return shards.stream().mapToInt(shard -> shard.getQueue().size()).sum();
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
    try {
      shardOf(command)
          .execute(() -> callback.onResult(command, handling.record(() -> run(command, handler))));
    } catch (RejectedExecutionException full) {
      callback.onResult(
          command,
          asCommandResultMessage(
              new Problem(
                  ErrorCode.OVERLOADED, "Too many commands are waiting; try again in a moment")));
    }
  }

  private ThreadPoolExecutor shardOf(CommandMessage<?> command) {
    String stream = ((Command<?>) command.getPayload()).stream();
    return shards.get(Math.floorMod(stream.hashCode(), shards.size()));
  }

  private <R> CommandResultMessage<R> run(
      CommandMessage<?> command, MessageHandler<? super CommandMessage<?>> handler) {
    for (int attempt = 1; ; attempt++) {
      UnitOfWork<CommandMessage<?>> unitOfWork = DefaultUnitOfWork.startAndGet(command);
      unitOfWork.attachTransaction(transactions);
      unitOfWork.registerCorrelationDataProvider(Message::getMetaData);
      boolean alone = attempt > HOPEFUL_ATTEMPTS;
      InterceptorChain chain = new DefaultInterceptorChain<>(unitOfWork, interceptors, handler);
      ResultMessage<R> result =
          unitOfWork.executeWithResult(
              () -> {
                if (alone) {
                  lockAppends.run();
                }
                return castResult(chain.proceed());
              });
      if (!result.isExceptional()) {
        return reply(result, (Long) unitOfWork.resources().get(positionResource));
      }
      Throwable failure = result.exceptionResult();
      if (failure instanceof AggregateNotFoundException) {
        return asCommandResultMessage(
            Result.refused(ErrorCode.NOT_FOUND, "There is no such thing"));
      }
      if (!isConflict(failure) || attempt > HOPEFUL_ATTEMPTS) {
        return asCommandResultMessage(failure);
      }
    }
  }

  @SuppressWarnings("unchecked")
  private static <R> R castResult(Object result) {
    return (R) result;
  }

  private static <R> CommandResultMessage<R> reply(ResultMessage<R> result, Long position) {
    CommandResultMessage<R> reply = new GenericCommandResultMessage<>(result);
    return position == null ? reply : reply.andMetaData(Map.of(POSITION, position));
  }

  private static boolean isConflict(Throwable failure) {
    return failure instanceof ConcurrencyException
        || failure instanceof AggregateStreamCreationException
        || failure instanceof EventStoreException
            && failure.getCause() instanceof ConcurrencyException;
  }

  /** Handles what waits, at most for the given time, and refuses the rest. Blocks. */
  public void stop(long patienceMillis) {
    shards.forEach(ThreadPoolExecutor::shutdown);
    long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(patienceMillis);
    for (ThreadPoolExecutor shard : shards) {
      try {
        if (!shard.awaitTermination(deadline - System.nanoTime(), TimeUnit.NANOSECONDS)) {
          shard.shutdownNow();
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        shard.shutdownNow();
      }
    }
  }
}
