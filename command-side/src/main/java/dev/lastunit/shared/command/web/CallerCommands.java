package dev.lastunit.shared.command.web;

import dev.lastunit.shared.api.Caller;
import dev.lastunit.shared.api.Command;
import dev.lastunit.shared.api.Commands;
import dev.lastunit.shared.api.ErrorCode;
import dev.lastunit.shared.api.Problem;
import dev.lastunit.shared.api.Result;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeoutException;
import org.springframework.http.ResponseEntity;
import reactor.core.publisher.Mono;

/** Sends commands on behalf of a caller and turns refusals into problems. */
public final class CallerCommands {

  /** Header of every write: the position of its last event. */
  public static final String EVENT_POSITION = "Event-Position";

  /** Header that says that the command had been answered before. */
  public static final String REPLAYED = "Idempotency-Replayed";

  /**
   * How long a request waits for its command. After that the outcome is not known to the client.
   */
  static final Duration PATIENCE = Duration.ofSeconds(10);

  private CallerCommands() {}

  /**
   * An accepted command.
   *
   * @param value what it answered; may be null
   * @param repeated whether it had been answered before
   * @param position global position up to which a reader sees its effect
   */
  public record Accepted<R>(R value, boolean repeated, long position) {

    /** Adds the headers of a write to an answer. */
    public <B extends ResponseEntity.HeadersBuilder<B>> B on(B response) {
      response.header(EVENT_POSITION, Long.toString(position));
      return repeated ? response.header(REPLAYED, "true") : response;
    }
  }

  /**
   * Sends when subscribed, and again with each further subscription. A caller that goes away leaves
   * the command running. Never blocks.
   *
   * @return fails with a {@link Problem} when the command is refused, or with OUTCOME_UNKNOWN when
   *     there is no answer in time
   */
  public static <R> Mono<Accepted<R>> send(Commands commands, Caller caller, Command<R> command) {
    return Mono.fromFuture(() -> commands.send(command, metadata(caller)), true)
        .timeout(PATIENCE)
        .onErrorMap(
            TimeoutException.class,
            late ->
                new Problem(
                    ErrorCode.OUTCOME_UNKNOWN,
                    "There was no answer within " + PATIENCE.toSeconds() + " seconds"))
        .map(CallerCommands::accepted);
  }

  private static Map<String, String> metadata(Caller caller) {
    return caller.subject() == null ? Map.of() : Map.of(Commands.SUBJECT, caller.subject().value());
  }

  private static <R> Accepted<R> accepted(Commands.Reply<R> reply) {
    return switch (reply.result()) {
      case Result.Accepted<R> a -> new Accepted<>(a.value(), a.repeated(), reply.position());
      case Result.Refused<R> refused -> throw Problem.of(refused);
    };
  }
}
