package dev.lastunit.shared.api;

import com.fasterxml.jackson.annotation.JsonIgnore;
import org.axonframework.modelling.command.TargetAggregateIdentifier;

/**
 * An intention addressed to exactly one stream of the event store.
 *
 * <p>Every command may be sent again: the aggregate answers a repeat with the first outcome and
 * records nothing new. The handler's answer is always a {@link Result}; a business refusal is a
 * value, never an exception.
 *
 * @param <R> what an accepted command answers
 */
public interface Command<R> {

  /**
   * The stream that decides, which is also Axon's aggregate identifier and the routing key. Carries
   * a prefix for the kind of aggregate, since a SKU names both a product and its stock. Never null.
   */
  @JsonIgnore
  @TargetAggregateIdentifier
  String stream();

  /**
   * Whether more commands to the same stream are to be expected soon, so that what decides them is
   * worth keeping in memory. False for what is said once about each of very many streams.
   */
  default boolean expectsMore() {
    return true;
  }
}
