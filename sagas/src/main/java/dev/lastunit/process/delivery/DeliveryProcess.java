package dev.lastunit.process.delivery;

import dev.lastunit.fulfilment.api.ShipmentCommand.PrepareShipment;
import dev.lastunit.fulfilment.api.ShipmentEvent.ShipmentCancelled;
import dev.lastunit.fulfilment.api.ShipmentEvent.ShipmentDelivered;
import dev.lastunit.fulfilment.api.ShipmentEvent.ShipmentSplit;
import dev.lastunit.fulfilment.api.ShipmentState;
import dev.lastunit.ordering.api.OrderCommand.RecordOrderDelivery;
import dev.lastunit.ordering.api.OrderEvent.OrderCancelled;
import dev.lastunit.ordering.api.OrderEvent.OrderRejected;
import dev.lastunit.ordering.api.OrderEvent.OrderReserved;
import dev.lastunit.ordering.api.OrderState;
import dev.lastunit.process.delivery.DeliveryState.Rest;
import dev.lastunit.process.engine.CommandSender;
import dev.lastunit.process.engine.Decision;
import dev.lastunit.process.engine.ProcessDefinition;
import dev.lastunit.process.engine.Stimulus;
import dev.lastunit.process.engine.Stimulus.Happened;
import dev.lastunit.process.engine.StuckException;
import dev.lastunit.shared.api.Event;
import dev.lastunit.shared.api.Result;
import dev.lastunit.shared.api.ShipmentId;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;

/**
 * Waits for all shipments of an order and then records that it was delivered. When a part of a
 * shipment leaves, it has what stays prepared as a shipment of its own, and waits for that too. An
 * instance is named after its order and begins when it is reserved: that event says from which
 * locations the order will come, so that a shipment which is prepared late is waited for as well.
 *
 * <table>
 * <caption>Step, stimulus, what comes next</caption>
 * <tr><th>step</th><th>stimulus</th><th>next</th></tr>
 * <tr><td>(none)</td><td>OrderReserved</td><td>UNDER_WAY with one shipment for each location</td></tr>
 * <tr><td>UNDER_WAY</td><td>ShipmentSplit</td><td>PREPARING</td></tr>
 * <tr><td>PREPARING</td><td>effect: PrepareShipment for what stayed</td><td>UNDER_WAY</td></tr>
 * <tr><td>UNDER_WAY</td><td>ShipmentDelivered, the last one</td><td>RECORDING</td></tr>
 * <tr><td>UNDER_WAY</td><td>ShipmentDelivered, not the last</td><td>UNDER_WAY without it</td></tr>
 * <tr><td>UNDER_WAY</td><td>ShipmentCancelled</td><td>the same; end when none has arrived and none is
 *   left</td></tr>
 * <tr><td>UNDER_WAY</td><td>OrderRejected, OrderCancelled</td><td>end</td></tr>
 * <tr><td>RECORDING</td><td>effect: RecordOrderDelivery</td><td>end</td></tr>
 * </table>
 *
 * In PREPARING what happens to shipments is noted. Everything else changes nothing.
 */
final class DeliveryProcess implements ProcessDefinition<DeliveryState> {

  /** What stayed is prepared. */
  record Prepared(Set<ShipmentId> shipments) implements Stimulus.Outcome {}

  /** The order knows that it was delivered. */
  record Recorded() implements Stimulus.Outcome {}

  private final CommandSender sender;

  DeliveryProcess(CommandSender sender) {
    this.sender = sender;
  }

  @Override
  public String name() {
    return "delivery";
  }

  @Override
  public Class<DeliveryState> stateType() {
    return DeliveryState.class;
  }

  @Override
  public Set<Class<? extends Event>> concerns() {
    return Set.of(
        OrderReserved.class,
        OrderRejected.class,
        OrderCancelled.class,
        ShipmentSplit.class,
        ShipmentDelivered.class,
        ShipmentCancelled.class);
  }

  @Override
  public String instanceOf(Event event) {
    return switch (event) {
      case OrderReserved reserved -> reserved.orderId().value();
      case OrderRejected rejected -> rejected.orderId().value();
      case OrderCancelled cancelled -> cancelled.orderId().value();
      case ShipmentSplit split -> split.orderId().value();
      case ShipmentDelivered delivered -> delivered.orderId().value();
      case ShipmentCancelled cancelled -> cancelled.orderId().value();
      default -> null;
    };
  }

  @Override
  public boolean isFirst(Event event) {
    return event instanceof OrderReserved;
  }

  @Override
  public Decision<DeliveryState> decide(DeliveryState state, Stimulus stimulus) {
    if (state == null) {
      return stimulus instanceof Happened(OrderReserved reserved, _)
          ? Decision.await(begin(reserved))
          : Decision.ignore();
    }
    return switch (stimulus) {
      case Prepared prepared when !state.rests().isEmpty() ->
          next(state.prepared(prepared.shipments()));
      case Recorded recorded when state.open().isEmpty() -> Decision.end("delivered");
      case Happened happened -> onEvent(state, happened.event());
      default -> Decision.ignore();
    };
  }

  private static Decision<DeliveryState> onEvent(DeliveryState state, Event event) {
    if (state.open().isEmpty()) {
      return Decision.ignore();
    }
    DeliveryState changed =
        switch (event) {
          case ShipmentSplit split when !state.split().contains(split.shipmentId()) ->
              state.splitBy(split);
          case ShipmentDelivered delivered when state.open().contains(delivered.shipmentId()) ->
              state.without(delivered.shipmentId(), true);
          case ShipmentCancelled cancelled when state.open().contains(cancelled.shipmentId()) ->
              state.without(cancelled.shipmentId(), false);
          default -> state;
        };
    if (changed != state) {
      return state.active() ? Decision.note(changed) : next(changed);
    }
    return switch (event) {
      case OrderRejected rejected when !state.active() -> Decision.end("rejected");
      case OrderCancelled cancelled when !state.active() -> Decision.end("cancelled");
      default -> Decision.ignore();
    };
  }

  private static Decision<DeliveryState> next(DeliveryState state) {
    if (state.rests().isEmpty() && state.open().isEmpty() && !state.arrived()) {
      return Decision.end("nothing-left");
    }
    return state.active() ? Decision.run(state) : Decision.await(state);
  }

  private static DeliveryState begin(OrderReserved event) {
    return DeliveryState.of(
        event.orderId(),
        event.lines().stream()
            .flatMap(line -> line.allocations().stream())
            .map(allocation -> ShipmentId.of(event.orderId(), allocation.location()))
            .collect(Collectors.toSet()));
  }

  @Override
  public CompletableFuture<? extends Stimulus.Outcome> perform(DeliveryState state) {
    return state.rests().isEmpty() ? record(state) : prepare(state);
  }

  private CompletableFuture<Prepared> prepare(DeliveryState state) {
    return sender
        .sendAll(
            state.rests().stream()
                .map(
                    rest ->
                        new PrepareShipment(
                            rest.shipmentId(), state.orderId(), rest.location(), rest.lines()))
                .toList())
        .thenApply(
            answers -> {
              for (Result<ShipmentState> answer : answers) {
                if (answer instanceof Result.Refused<ShipmentState> refused) {
                  throw refusal("PrepareShipment", refused);
                }
              }
              return new Prepared(
                  state.rests().stream().map(Rest::shipmentId).collect(Collectors.toSet()));
            });
  }

  private CompletableFuture<Recorded> record(DeliveryState state) {
    return sender
        .send(new RecordOrderDelivery(state.orderId()))
        .thenApply(
            answer ->
                switch (answer) {
                  case Result.Accepted<OrderState> accepted -> new Recorded();
                  case Result.Refused<OrderState> refused ->
                      throw refusal("RecordOrderDelivery", refused);
                });
  }

  private static StuckException refusal(String command, Result.Refused<?> refused) {
    return new StuckException(command + " was refused: " + refused.code() + " " + refused.detail());
  }
}
