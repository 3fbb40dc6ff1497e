package dev.lastunit.process.engine;

import dev.lastunit.shared.api.Event;

/** What a process decides upon. */
public interface Stimulus {

  /** Short word for histories: never contains data of a customer. */
  default String label() {
    return getClass().getSimpleName();
  }

  /** A fact was recorded. */
  record Happened(Event event) implements Stimulus {
    @Override
    public String label() {
      return event.getClass().getSimpleName();
    }
  }

  /** The time up to which an instance was to wait has passed. */
  record TimedOut() implements Stimulus {}

  /** An operator does not want a parked instance to be tried again. */
  record GivenUp() implements Stimulus {}

  /** What an effect came to; each process has its own. Technical failures are not among them. */
  interface Outcome extends Stimulus {}
}
