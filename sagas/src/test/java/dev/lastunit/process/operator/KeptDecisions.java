package dev.lastunit.process.operator;

import dev.lastunit.shared.api.Command;
import dev.lastunit.shared.api.Commands;
import dev.lastunit.shared.api.Result;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/** Keeps the decisions that it is sent, or loses them on the way. */
public final class KeptDecisions implements Commands {

  private final List<Command<?>> kept = new ArrayList<>();
  private boolean losing;

  /** Whether decisions are lost from now on. */
  public synchronized void lose(boolean lost) {
    losing = lost;
  }

  /** Everything that was kept, in order. */
  public synchronized List<Command<?>> kept() {
    return List.copyOf(kept);
  }

  @Override
  public synchronized <R> CompletableFuture<Reply<R>> send(
      Command<R> command, Map<String, String> metadata) {
    if (losing) {
      return CompletableFuture.failedFuture(new IllegalStateException("Lost on the way in"));
    }
    kept.add(command);
    return CompletableFuture.completedFuture(new Reply<>(Result.accepted(null), kept.size()));
  }
}
