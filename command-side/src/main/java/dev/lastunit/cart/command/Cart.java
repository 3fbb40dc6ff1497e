package dev.lastunit.cart.command;

import dev.lastunit.cart.api.CartCommand.CheckOutCart;
import dev.lastunit.cart.api.CartCommand.OpenCart;
import dev.lastunit.cart.api.CartCommand.ReadCart;
import dev.lastunit.cart.api.CartCommand.ReopenCart;
import dev.lastunit.cart.api.CartCommand.SetCartItem;
import dev.lastunit.cart.api.CartContents;
import dev.lastunit.cart.api.CartEvent;
import dev.lastunit.shared.api.Result;
import org.axonframework.commandhandling.CommandHandler;
import org.axonframework.eventsourcing.EventSourcingHandler;
import org.axonframework.modelling.command.AggregateCreationPolicy;
import org.axonframework.modelling.command.AggregateIdentifier;
import org.axonframework.modelling.command.AggregateLifecycle;
import org.axonframework.modelling.command.CreationPolicy;

/**
 * What one customer wants to buy. Its invariant: at most {@value CartRules#MAX_SKUS} SKUs, each
 * with 1 to {@value CartRules#MAX_QUANTITY} units, and at most one order has it at a time.
 *
 * <p>The stream grows with every change that its customer makes. This class only ties {@link
 * CartRules} to Axon.
 */
final class Cart {

  @AggregateIdentifier private String stream;
  private CartFacts facts;

  /** For Axon, which replays the events or a snapshot into an empty instance. */
  Cart() {}

  @CommandHandler
  @CreationPolicy(AggregateCreationPolicy.CREATE_IF_MISSING)
  Result<Void> handle(OpenCart command) {
    return perform(CartRules.decide(facts, command));
  }

  @CommandHandler
  Result<Void> handle(SetCartItem command) {
    return perform(CartRules.decide(facts, command));
  }

  @CommandHandler
  Result<CartContents> handle(ReadCart command) {
    return CartRules.read(facts, command);
  }

  @CommandHandler
  Result<Void> handle(CheckOutCart command) {
    return perform(CartRules.decide(facts, command));
  }

  @CommandHandler
  Result<Void> handle(ReopenCart command) {
    return perform(CartRules.decide(facts, command));
  }

  private static Result<Void> perform(CartRules.Decision decision) {
    decision.events().forEach(AggregateLifecycle::apply);
    return decision.result();
  }

  @EventSourcingHandler
  void on(CartEvent event) {
    stream = event.cartId().stream();
    facts = CartRules.evolve(facts, event);
  }
}
