package dev.lastunit.process.engine;

import dev.lastunit.shared.api.Event;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

/**
 * One process: which instance an event concerns, what is decided, and what is done about it.
 *
 * <p>{@link #decide} is the process. It is pure and total: the same state and stimulus always give
 * the same decision, no clock, no randomness, no input or output, and every pair has an answer. A
 * step is active (it has an effect) or waits. While a step is active its effect may be in flight:
 * an event may then only be noted ({@link Decision#note}) and never change the step, and what was
 * noted counts when the effect's outcome is decided.
 *
 * <p>Events may come again, after a crash: in their order, from one that an instance began with on.
 * An instance that knows an event must not mind it; one that begins with an event that it perhaps
 * began with before ({@link Stimulus.Happened#perhapsBefore}) must ask how things stand.
 *
 * <p>{@link #perform} may run twice for the same step, also at the same time: after a crash, a lost
 * lease, a technical failure. Whatever it does must be safe to repeat.
 *
 * @param <S> the state of an instance
 */
public interface ProcessDefinition<S extends ProcessState> {

  /** Fixed for ever: the first part of an instance's key. Lower-case letters. */
  String name();

  /** Class of the states, for reading them back. */
  Class<S> stateType();

  /** Classes of the events, or sealed interfaces of them, among which all that matter are. */
  Set<Class<? extends Event>> concerns();

  /** The instance that an event concerns; null when it concerns none. Pure and cheap. */
  String instanceOf(Event event);

  /**
   * Whether no instance can have begun before this event, which then finds none. Pure and cheap.
   */
  boolean isFirst(Event event);

  /**
   * Decides.
   *
   * @param state null when there is no such instance: it never began, or it has ended
   */
  Decision<S> decide(S state, Stimulus stimulus);

  /**
   * Does what the state's step is about. Called for active steps only, on a virtual thread; must
   * not wait for what it starts but return a future of it.
   *
   * @return completes with what it came to; fails for technical reasons, and then it is tried
   *     again; fails with {@link StuckException} when trying again cannot help
   */
  CompletableFuture<? extends Stimulus.Outcome> perform(S state);
}
