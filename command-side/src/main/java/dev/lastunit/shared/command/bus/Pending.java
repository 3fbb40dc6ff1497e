package dev.lastunit.shared.command.bus;

import static org.axonframework.commandhandling.GenericCommandResultMessage.asCommandResultMessage;

import dev.lastunit.shared.api.ErrorCode;
import dev.lastunit.shared.api.Problem;
import dev.lastunit.shared.api.Result;
import java.util.Map;
import org.axonframework.commandhandling.CommandCallback;
import org.axonframework.commandhandling.CommandMessage;
import org.axonframework.commandhandling.CommandResultMessage;
import org.axonframework.commandhandling.GenericCommandResultMessage;
import org.axonframework.messaging.MessageHandler;
import org.axonframework.messaging.ResultMessage;
import org.axonframework.modelling.command.AggregateNotFoundException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A command on its way through the bus, from its arrival until it is answered, which happens
 * exactly once. Belongs to the thread that sent it, then to the shard's.
 */
final class Pending<C, R> {

  private static final Logger LOG = LoggerFactory.getLogger(Pending.class);

  final CommandMessage<C> message;
  final MessageHandler<? super CommandMessage<?>> handler;
  final String stream;
  final long arrivedNanos = System.nanoTime();

  private final CommandCallback<? super C, ? super R> callback;
  private boolean answered;

  /** When the shard last began to handle it. */
  long begunNanos;

  /** What its handler last answered; not final until its batch is committed. */
  ResultMessage<R> result;

  /** How many events it last recorded. */
  int recorded;

  Pending(
      CommandMessage<C> message,
      String stream,
      MessageHandler<? super CommandMessage<?>> handler,
      CommandCallback<? super C, ? super R> callback) {
    this.message = message;
    this.stream = stream;
    this.handler = handler;
    this.callback = callback;
  }

  /**
   * Answers with what the handler said.
   *
   * @param position of the last event that the command recorded; 0 for none
   */
  void answer(long position) {
    if (!result.isExceptional()) {
      CommandResultMessage<R> reply = new GenericCommandResultMessage<>(result);
      answer(
          position == 0 ? reply : reply.withMetaData(Map.of(ShardedCommandBus.POSITION, position)));
    } else if (result.exceptionResult() instanceof AggregateNotFoundException) {
      answer(asCommandResultMessage(Result.refused(ErrorCode.NOT_FOUND, "There is no such thing")));
    } else {
      fail(result.exceptionResult());
    }
  }

  void fail(Throwable cause) {
    answer(asCommandResultMessage(cause));
  }

  void refuseAsOverloaded() {
    fail(new Problem(ErrorCode.OVERLOADED, "Too many commands are waiting; try again in a moment"));
  }

  boolean isAnswered() {
    return answered;
  }

  private void answer(CommandResultMessage<? extends R> reply) {
    if (answered) {
      throw new IllegalStateException(message.getCommandName() + " was answered already");
    }
    answered = true;
    try {
      callback.onResult(message, reply);
    } catch (Throwable thrown) {
      // Whoever waits for one answer must not keep the others from theirs.
      LOG.error("The receiver of the answer to {} failed", message.getCommandName(), thrown);
    }
  }
}
