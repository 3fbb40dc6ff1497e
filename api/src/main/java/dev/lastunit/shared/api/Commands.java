package dev.lastunit.shared.api;

import java.util.Map;
import java.util.concurrent.CompletableFuture;

/**
 * Sends commands to the aggregate that decides. The only way for controllers and processes to
 * write.
 *
 * <p>Threads: never blocks the caller; handlers run on threads of the command bus, and the future
 * completes there, after the commit and never before.
 *
 * <p>Errors: the future fails only for technical reasons. A {@link Problem} with {@link
 * ErrorCode#OVERLOADED} means that nothing happened; any other failure means that the outcome is
 * not known. In both cases the same command may be sent again.
 */
public interface Commands {

  /** Metadata key: the subject on whose behalf a command is sent. */
  String SUBJECT = "subject";

  /**
   * What came back.
   *
   * @param result the handler's answer; never null
   * @param position global position of the last event that the command recorded, or the head of the
   *     store when it recorded none: a reader that has got so far sees the command's effect
   */
  record Reply<R>(Result<R> result, long position) {}

  /**
   * Sends a command whose message gets an identifier of its own.
   *
   * @param metadata kept with every event that the command records; never null
   */
  <R> CompletableFuture<Reply<R>> send(Command<R> command, Map<String, String> metadata);

  /** Sends a command without metadata. */
  default <R> CompletableFuture<Reply<R>> send(Command<R> command) {
    return send(command, Map.of());
  }
}
