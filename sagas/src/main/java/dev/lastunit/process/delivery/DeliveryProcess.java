package dev.lastunit.process.delivery;

import dev.lastunit.fulfilment.api.ShipmentEvent.ShipmentDelivered;
import dev.lastunit.ordering.api.OrderCommand.RecordOrderDelivery;
import dev.lastunit.ordering.api.OrderEvent.OrderCancelled;
import dev.lastunit.ordering.api.OrderEvent.OrderRejected;
import dev.lastunit.ordering.api.OrderEvent.OrderReserved;
import dev.lastunit.ordering.api.OrderState;
import dev.lastunit.process.engine.CommandSender;
import dev.lastunit.process.engine.Decision;
import dev.lastunit.process.engine.ProcessDefinition;
import dev.lastunit.process.engine.Stimulus;
import dev.lastunit.process.engine.Stimulus.Happened;
import dev.lastunit.process.engine.StuckException;
import dev.lastunit.shared.api.Event;
import dev.lastunit.shared.api.Result;
import dev.lastunit.shared.api.ShipmentId;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;

/**
 * Waits for all shipments of an order and then records that it was delivered. An instance is named
 * after its order and begins when it is reserved: that event says from which locations the order
 * will come, so that a shipment which is prepared late is waited for as well.
 *
 * <table>
 * <caption>Step, stimulus, what comes next</caption>
 * <tr><th>step</th><th>stimulus</th><th>next</th></tr>
 * <tr><td>(none)</td><td>OrderReserved</td><td>UNDER_WAY with one shipment for each location</td></tr>
 * <tr><td>UNDER_WAY</td><td>ShipmentDelivered, the last one</td><td>RECORDING</td></tr>
 * <tr><td>UNDER_WAY</td><td>ShipmentDelivered, not the last</td><td>UNDER_WAY without it</td></tr>
 * <tr><td>UNDER_WAY</td><td>OrderRejected, OrderCancelled</td><td>end</td></tr>
 * <tr><td>RECORDING</td><td>effect: RecordOrderDelivery</td><td>end</td></tr>
 * </table>
 *
 * Everything else changes nothing.
 */
final class DeliveryProcess implements ProcessDefinition<DeliveryState> {

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
        OrderReserved.class, OrderRejected.class, OrderCancelled.class, ShipmentDelivered.class);
  }

  @Override
  public String instanceOf(Event event) {
    return switch (event) {
      case OrderReserved reserved -> reserved.orderId().value();
      case OrderRejected rejected -> rejected.orderId().value();
      case OrderCancelled cancelled -> cancelled.orderId().value();
      case ShipmentDelivered delivered -> delivered.orderId().value();
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
    if (state.active()) {
      return stimulus instanceof Recorded ? Decision.end("delivered") : Decision.ignore();
    }
    return switch (stimulus) {
      case Happened(ShipmentDelivered delivered, _)
          when state.open().contains(delivered.shipmentId()) -> {
        Set<ShipmentId> open = new HashSet<>(state.open());
        open.remove(delivered.shipmentId());
        DeliveryState next = new DeliveryState(state.orderId(), open);
        yield next.active() ? Decision.run(next) : Decision.await(next);
      }
      case Happened(OrderRejected rejected, _) -> Decision.end("rejected");
      case Happened(OrderCancelled cancelled, _) -> Decision.end("cancelled");
      default -> Decision.ignore();
    };
  }

  private static DeliveryState begin(OrderReserved event) {
    return new DeliveryState(
        event.orderId(),
        event.lines().stream()
            .flatMap(line -> line.allocations().stream())
            .map(allocation -> ShipmentId.of(event.orderId(), allocation.location()))
            .collect(Collectors.toSet()));
  }

  @Override
  public CompletableFuture<Recorded> perform(DeliveryState state) {
    return sender
        .send(new RecordOrderDelivery(state.orderId()))
        .thenApply(
            answer ->
                switch (answer) {
                  case Result.Accepted<OrderState> accepted -> new Recorded();
                  case Result.Refused<OrderState> refused ->
                      throw new StuckException(
                          "RecordOrderDelivery was refused: "
                              + refused.code()
                              + " "
                              + refused.detail());
                });
  }
}
