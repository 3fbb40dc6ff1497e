package dev.lastunit.fulfilment.command;

import static dev.lastunit.fulfilment.api.ShipmentStatus.CANCELLED;
import static dev.lastunit.fulfilment.api.ShipmentStatus.DELIVERED;
import static dev.lastunit.fulfilment.api.ShipmentStatus.DISPATCHED;
import static dev.lastunit.fulfilment.api.ShipmentStatus.PREPARED;

import dev.lastunit.fulfilment.api.ShipmentCommand;
import dev.lastunit.fulfilment.api.ShipmentCommand.CancelShipment;
import dev.lastunit.fulfilment.api.ShipmentCommand.DispatchShipment;
import dev.lastunit.fulfilment.api.ShipmentCommand.PrepareShipment;
import dev.lastunit.fulfilment.api.ShipmentCommand.ReadShipment;
import dev.lastunit.fulfilment.api.ShipmentCommand.RecordDelivery;
import dev.lastunit.fulfilment.api.ShipmentEvent;
import dev.lastunit.fulfilment.api.ShipmentEvent.ShipmentCancelled;
import dev.lastunit.fulfilment.api.ShipmentEvent.ShipmentDelivered;
import dev.lastunit.fulfilment.api.ShipmentEvent.ShipmentDispatched;
import dev.lastunit.fulfilment.api.ShipmentEvent.ShipmentPrepared;
import dev.lastunit.fulfilment.api.ShipmentState;
import dev.lastunit.shared.api.ErrorCode;
import dev.lastunit.shared.api.Result;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * The rules of a shipment: what a command does in a state, and what an event makes of it. Pure
 * functions.
 */
final class ShipmentRules {

  private ShipmentRules() {}

  /**
   * What a command leads to.
   *
   * @param events at most one; empty for repeats, refusals and questions
   */
  record Decision(Result<ShipmentState> result, List<ShipmentEvent> events) {}

  /**
   * Decides.
   *
   * @param shipment null when the stream has no event yet, which only PrepareShipment meets. That
   *     one is then always recorded: Axon's caching repository cannot hold an aggregate that has no
   *     identifier
   */
  static Decision decide(ShipmentFacts shipment, ShipmentCommand<ShipmentState> command) {
    return switch (command) {
      case PrepareShipment prepare ->
          shipment == null
              ? recorded(
                  null,
                  new ShipmentPrepared(
                      prepare.shipmentId(), prepare.orderId(), prepare.location(), prepare.lines()))
              : repeated(shipment);
      case ReadShipment _ -> new Decision(Result.accepted(shipment.state()), List.of());
      case DispatchShipment dispatch -> dispatch(shipment, dispatch);
      case RecordDelivery delivery ->
          switch (shipment.status()) {
            case DISPATCHED ->
                recorded(
                    shipment, new ShipmentDelivered(delivery.shipmentId(), shipment.orderId()));
            case DELIVERED -> repeated(shipment);
            case PREPARED, CANCELLED -> notAllowed(shipment);
          };
      case CancelShipment cancel ->
          switch (shipment.status()) {
            case PREPARED ->
                recorded(shipment, new ShipmentCancelled(cancel.shipmentId(), shipment.orderId()));
            case CANCELLED -> repeated(shipment);
            case DISPATCHED, DELIVERED -> notAllowed(shipment);
          };
    };
  }

  /**
   * It leaves once: another carrier or number later is not a repeat, and is refused rather than
   * lost in silence.
   */
  private static Decision dispatch(ShipmentFacts shipment, DispatchShipment command) {
    return switch (shipment.status()) {
      case PREPARED ->
          recorded(
              shipment,
              new ShipmentDispatched(
                  command.shipmentId(),
                  shipment.orderId(),
                  command.carrier(),
                  command.trackingNumber()));
      case DISPATCHED, DELIVERED ->
          Objects.equals(shipment.carrier(), command.carrier())
                  && Objects.equals(shipment.trackingNumber(), command.trackingNumber())
              ? repeated(shipment)
              : notAllowed(shipment);
      case CANCELLED -> notAllowed(shipment);
    };
  }

  /** Folds one event; never refuses, since what was recorded has happened. */
  static ShipmentFacts evolve(ShipmentFacts shipment, ShipmentEvent event) {
    return switch (event) {
      case ShipmentPrepared prepared ->
          new ShipmentFacts(prepared.shipmentId(), prepared.orderId(), PREPARED, null, null);
      case ShipmentDispatched dispatched ->
          new ShipmentFacts(
              shipment.shipmentId(),
              shipment.orderId(),
              DISPATCHED,
              dispatched.carrier(),
              dispatched.trackingNumber());
      case ShipmentDelivered _ -> shipment.at(DELIVERED);
      case ShipmentCancelled _ -> shipment.at(CANCELLED);
    };
  }

  private static Decision recorded(ShipmentFacts shipment, ShipmentEvent event) {
    return new Decision(Result.accepted(evolve(shipment, event).state()), List.of(event));
  }

  private static Decision repeated(ShipmentFacts shipment) {
    return new Decision(Result.repeated(shipment.state()), List.of());
  }

  private static Decision notAllowed(ShipmentFacts shipment) {
    return new Decision(
        Result.refused(
            ErrorCode.INVALID_TRANSITION,
            "The shipment is " + shipment.status().text() + " and does not allow this",
            Map.of("status", shipment.status().text())),
        List.of());
  }
}
