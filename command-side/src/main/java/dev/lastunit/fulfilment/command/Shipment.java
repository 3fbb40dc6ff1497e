package dev.lastunit.fulfilment.command;

import dev.lastunit.fulfilment.api.ShipmentCommand;
import dev.lastunit.fulfilment.api.ShipmentCommand.CancelShipment;
import dev.lastunit.fulfilment.api.ShipmentCommand.DispatchShipment;
import dev.lastunit.fulfilment.api.ShipmentCommand.PrepareShipment;
import dev.lastunit.fulfilment.api.ShipmentCommand.ReadShipment;
import dev.lastunit.fulfilment.api.ShipmentCommand.RecordDelivery;
import dev.lastunit.fulfilment.api.ShipmentEvent;
import dev.lastunit.fulfilment.api.ShipmentState;
import dev.lastunit.shared.api.Result;
import org.axonframework.commandhandling.CommandHandler;
import org.axonframework.eventsourcing.EventSourcingHandler;
import org.axonframework.modelling.command.AggregateCreationPolicy;
import org.axonframework.modelling.command.AggregateIdentifier;
import org.axonframework.modelling.command.AggregateLifecycle;
import org.axonframework.modelling.command.CreationPolicy;

/**
 * The units of one order that leave from one location. Its invariant: it either leaves or is
 * cancelled, never both; and the units that stay when a part leaves are another shipment's.
 *
 * <p>The stream has two to four events. This class only ties {@link ShipmentRules} to Axon.
 */
final class Shipment {

  @AggregateIdentifier private String stream;
  private ShipmentFacts facts;

  /** For Axon, which replays the events or a snapshot into an empty instance. */
  Shipment() {}

  @CommandHandler
  @CreationPolicy(AggregateCreationPolicy.CREATE_IF_MISSING)
  Result<ShipmentState> handle(PrepareShipment command) {
    return perform(command);
  }

  @CommandHandler
  Result<ShipmentState> handle(ReadShipment command) {
    return perform(command);
  }

  @CommandHandler
  Result<ShipmentState> handle(DispatchShipment command) {
    return perform(command);
  }

  @CommandHandler
  Result<ShipmentState> handle(RecordDelivery command) {
    return perform(command);
  }

  @CommandHandler
  Result<ShipmentState> handle(CancelShipment command) {
    return perform(command);
  }

  private Result<ShipmentState> perform(ShipmentCommand<ShipmentState> command) {
    var decision = ShipmentRules.decide(facts, command);
    decision.events().forEach(AggregateLifecycle::apply);
    return decision.result();
  }

  @EventSourcingHandler
  void on(ShipmentEvent event) {
    stream = event.shipmentId().stream();
    facts = ShipmentRules.evolve(facts, event);
  }
}
