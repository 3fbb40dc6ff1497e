package dev.lastunit.process.engine;

import dev.lastunit.shared.api.Event;

/** What a process decides upon. */
public interface Stimulus {

  /** Short word for histories: never contains data of a customer. */
  default String label() {
    return getClass().getSimpleName();
  }

  /**
   * A fact was recorded.
   *
   * @param perhapsBefore whether the instance may have got the event before, begun by it, gone on,
   *     and been lost with the memory of a node. Matters when an instance begins: what it is about
   *     to do may be done already
   */
  record Happened(Event event, boolean perhapsBefore) implements Stimulus {

    public Happened(Event event) {
      this(event, false);
    }

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
