package dev.lastunit.process.engine;

import dev.lastunit.shared.api.Command;
import dev.lastunit.shared.api.Commands;
import dev.lastunit.shared.api.Result;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReferenceArray;

/**
 * The one way in which processes send commands: every result is observed. Never blocks; safe for
 * several threads.
 */
public final class CommandSender {

  /** Commands of one effect that are under way at a time. */
  static final int WINDOW = 64;

  private final Commands commands;

  public CommandSender(Commands commands) {
    this.commands = commands;
  }

  /**
   * Sends one command.
   *
   * @return the handler's answer; fails for technical reasons only, and then the command may be
   *     sent again
   */
  public <R> CompletableFuture<Result<R>> send(Command<R> command) {
    return commands.send(command).thenApply(Commands.Reply::result);
  }

  /**
   * Sends many commands, {@value #WINDOW} at a time.
   *
   * @return all answers in the commands' order, refusals among them. Fails when one of them failed
   *     for technical reasons, once nothing is under way any more; the others may have taken
   *     effect.
   */
  public <R> CompletableFuture<List<Result<R>>> sendAll(List<? extends Command<R>> all) {
    if (all.isEmpty()) {
      return CompletableFuture.completedFuture(List.of());
    }
    if (all.size() == 1) {
      return send(all.getFirst()).thenApply(List::of);
    }
    return new Window<R>(all).start();
  }

  /** Keeps some commands under way until all are answered or one has failed. */
  private final class Window<R> {

    private final List<? extends Command<R>> all;
    private final AtomicReferenceArray<Result<R>> results;
    private final CompletableFuture<List<Result<R>>> done = new CompletableFuture<>();
    private final AtomicInteger underWay = new AtomicInteger();
    private final AtomicInteger turns = new AtomicInteger();
    private volatile Throwable failure;
    private int next;

    private Window(List<? extends Command<R>> all) {
      this.all = all;
      this.results = new AtomicReferenceArray<>(all.size());
    }

    private CompletableFuture<List<Result<R>>> start() {
      pump();
      return done;
    }

    /**
     * One thread at a time pumps; who comes meanwhile only asks for another turn. So answers that
     * come at once do not nest, and 2,000 lines need no deep stack.
     */
    private void pump() {
      if (turns.getAndIncrement() != 0) {
        return;
      }
      int taken = 1;
      do {
        while (failure == null && next < all.size() && underWay.get() < WINDOW) {
          int at = next++;
          underWay.incrementAndGet();
          sendAt(at);
        }
        if (underWay.get() == 0 && (failure != null || next == all.size())) {
          finish();
        }
        taken = turns.addAndGet(-taken);
      } while (taken != 0);
    }

    private void sendAt(int at) {
      CompletableFuture<Result<R>> sent;
      try {
        sent = send(all.get(at));
      } catch (RuntimeException e) {
        sent = CompletableFuture.failedFuture(e);
      }
      sent.whenComplete(
          (result, error) -> {
            if (error != null) {
              failure = error;
            } else {
              results.set(at, result);
            }
            underWay.decrementAndGet();
            pump();
          });
    }

    private void finish() {
      if (failure != null) {
        done.completeExceptionally(failure);
        return;
      }
      List<Result<R>> answers = new ArrayList<>(all.size());
      for (int at = 0; at < all.size(); at++) {
        answers.add(results.get(at));
      }
      done.complete(answers);
    }
  }
}
