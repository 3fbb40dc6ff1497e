package dev.lastunit.shared.command.bus;

import dev.lastunit.shared.api.Command;
import dev.lastunit.shared.api.Commands;
import dev.lastunit.shared.api.Result;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.LongSupplier;
import org.axonframework.commandhandling.CommandBus;
import org.axonframework.commandhandling.CommandMessage;
import org.axonframework.commandhandling.CommandResultMessage;
import org.axonframework.commandhandling.GenericCommandMessage;
import org.axonframework.messaging.MetaData;

/** Sends commands over Axon's command bus and brings the position along. */
public final class BusCommands implements Commands {

  private final CommandBus bus;
  private final LongSupplier head;

  /**
   * @param head position of the last committed event, for commands that record nothing
   */
  public BusCommands(CommandBus bus, LongSupplier head) {
    this.bus = bus;
    this.head = head;
  }

  @Override
  public <R> CompletableFuture<Reply<R>> send(Command<R> command, Map<String, String> metadata) {
    CompletableFuture<Reply<R>> future = new CompletableFuture<>();
    bus.<Command<R>, Result<R>>dispatch(
        new GenericCommandMessage<>(command, MetaData.from(metadata)),
        (message, result) -> complete(future, message, result));
    return future;
  }

  private <R> void complete(
      CompletableFuture<Reply<R>> future,
      CommandMessage<? extends Command<R>> message,
      CommandResultMessage<? extends Result<R>> result) {
    if (result.isExceptional()) {
      future.completeExceptionally(result.exceptionResult());
      return;
    }
    Object position = result.getMetaData().get(ShardedCommandBus.POSITION);
    future.complete(
        new Reply<>(result.getPayload(), position instanceof Long p ? p : head.getAsLong()));
  }
}
