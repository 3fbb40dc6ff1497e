package dev.lastunit.process.engine;

import java.time.Duration;
import java.time.Instant;

/**
 * What a process makes of a stimulus. A value; nothing has happened yet.
 *
 * @param <S> the process's state
 */
public sealed interface Decision<S extends ProcessState> {

  /** Nothing changes. */
  record Ignored<S extends ProcessState>() implements Decision<S> {}

  /**
   * The instance is in this state from now on.
   *
   * @param wake when it is looked at again
   */
  record Moved<S extends ProcessState>(S state, Wake wake) implements Decision<S> {}

  /**
   * The instance is over; its row goes.
   *
   * @param outcome a fixed word for metrics
   */
  record Ended<S extends ProcessState>(String outcome) implements Decision<S> {}

  /** When an instance is looked at again. */
  sealed interface Wake {
    /** At once: its effect is run. */
    record Now() implements Wake {}

    /** After a time; for an active step its effect is run then, else it has timed out. */
    record After(Duration delay) implements Wake {}

    /** At an instant; otherwise like {@link After}. */
    record At(Instant instant) implements Wake {}

    /** When an event comes, and not before. */
    record Never() implements Wake {}

    /** As it was planned already: something was noted and nothing else. */
    record AsBefore() implements Wake {}
  }

  static <S extends ProcessState> Decision<S> ignore() {
    return new Ignored<>();
  }

  /** Run the effect of this state at once. */
  static <S extends ProcessState> Decision<S> run(S state) {
    return new Moved<>(state, new Wake.Now());
  }

  /** Run the effect of this state after a delay. */
  static <S extends ProcessState> Decision<S> runAfter(S state, Duration delay) {
    return new Moved<>(state, new Wake.After(delay));
  }

  /** Wait for an event. */
  static <S extends ProcessState> Decision<S> await(S state) {
    return new Moved<>(state, new Wake.Never());
  }

  /** Wait for an event, at most until an instant. */
  static <S extends ProcessState> Decision<S> awaitUntil(S state, Instant instant) {
    return new Moved<>(state, new Wake.At(instant));
  }

  /** Wait for an event, at most for a time. */
  static <S extends ProcessState> Decision<S> awaitFor(S state, Duration time) {
    return new Moved<>(state, new Wake.After(time));
  }

  /** Note something; an effect that is in flight goes on, a time that is planned stays planned. */
  static <S extends ProcessState> Decision<S> note(S state) {
    return new Moved<>(state, new Wake.AsBefore());
  }

  static <S extends ProcessState> Decision<S> end(String outcome) {
    return new Ended<>(outcome);
  }
}
