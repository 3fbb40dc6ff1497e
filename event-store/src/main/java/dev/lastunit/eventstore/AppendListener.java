package dev.lastunit.eventstore;

import java.util.List;
import org.axonframework.eventhandling.DomainEventMessage;

/** Learns of what this node has appended, once it is committed. */
@FunctionalInterface
public interface AppendListener {

  /**
   * Called after the commit, on the thread that committed; calls of several threads may come at the
   * same time and in another order than their positions. Must return at once.
   *
   * @param firstPosition position of the first event; the others follow without a gap
   * @param events what was appended, in the order of their positions
   */
  void committed(long firstPosition, List<? extends DomainEventMessage<?>> events);
}
