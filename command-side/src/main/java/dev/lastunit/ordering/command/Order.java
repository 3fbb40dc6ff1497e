package dev.lastunit.ordering.command;

import dev.lastunit.ordering.api.OrderCommand;
import dev.lastunit.ordering.api.OrderCommand.CancelOrder;
import dev.lastunit.ordering.api.OrderCommand.CompleteReturn;
import dev.lastunit.ordering.api.OrderCommand.ConfirmOrder;
import dev.lastunit.ordering.api.OrderCommand.FindPlacedOrder;
import dev.lastunit.ordering.api.OrderCommand.PlaceOrder;
import dev.lastunit.ordering.api.OrderCommand.RecordOrderDelivery;
import dev.lastunit.ordering.api.OrderCommand.RecordReservation;
import dev.lastunit.ordering.api.OrderCommand.RejectOrder;
import dev.lastunit.ordering.api.OrderCommand.RequestReturn;
import dev.lastunit.ordering.api.OrderCommand.ShipOrder;
import dev.lastunit.ordering.api.OrderEvent;
import dev.lastunit.ordering.api.OrderReturn;
import dev.lastunit.ordering.api.OrderState;
import dev.lastunit.shared.api.Result;
import org.axonframework.commandhandling.CommandHandler;
import org.axonframework.eventsourcing.EventSourcingHandler;
import org.axonframework.modelling.command.AggregateCreationPolicy;
import org.axonframework.modelling.command.AggregateIdentifier;
import org.axonframework.modelling.command.AggregateLifecycle;
import org.axonframework.modelling.command.CreationPolicy;

/**
 * One purchase. Its invariant: it is placed once, and ends at most once, either delivered, rejected
 * or cancelled.
 *
 * <p>The stream has three to six events, and two more for each return. Repeats are recognised for
 * ever by the fingerprint in the first one. This class only ties {@link OrderRules} and {@link
 * ReturnRules} to Axon.
 */
final class Order {

  @AggregateIdentifier private String stream;
  private OrderFacts facts;

  /** For Axon, which replays the events or a snapshot into an empty instance. */
  Order() {}

  @CommandHandler
  @CreationPolicy(AggregateCreationPolicy.CREATE_IF_MISSING)
  Result<OrderState> handle(PlaceOrder command) {
    return perform(command);
  }

  @CommandHandler
  Result<OrderState> handle(FindPlacedOrder command) {
    return perform(command);
  }

  @CommandHandler
  Result<OrderState> handle(RecordReservation command) {
    return perform(command);
  }

  @CommandHandler
  Result<OrderState> handle(ConfirmOrder command) {
    return perform(command);
  }

  @CommandHandler
  Result<OrderState> handle(RejectOrder command) {
    return perform(command);
  }

  @CommandHandler
  Result<OrderState> handle(CancelOrder command) {
    return perform(command);
  }

  @CommandHandler
  Result<OrderState> handle(ShipOrder command) {
    return perform(command);
  }

  @CommandHandler
  Result<OrderState> handle(RecordOrderDelivery command) {
    return perform(command);
  }

  @CommandHandler
  Result<OrderReturn> handle(RequestReturn command) {
    return perform(ReturnRules.request(facts, command));
  }

  @CommandHandler
  Result<OrderReturn> handle(CompleteReturn command) {
    return perform(ReturnRules.complete(facts, command));
  }

  private static Result<OrderReturn> perform(ReturnRules.Decision decision) {
    decision.events().forEach(AggregateLifecycle::apply);
    return decision.result();
  }

  private Result<OrderState> perform(OrderCommand<OrderState> command) {
    var decision = OrderRules.decide(facts, command);
    decision.events().forEach(AggregateLifecycle::apply);
    return decision.result();
  }

  @EventSourcingHandler
  void on(OrderEvent event) {
    stream = event.orderId().stream();
    facts = OrderRules.evolve(facts, event);
  }
}
