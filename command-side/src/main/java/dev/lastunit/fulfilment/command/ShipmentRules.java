package dev.lastunit.fulfilment.command;

import static dev.lastunit.fulfilment.api.ShipmentStatus.CANCELLED;
import static dev.lastunit.fulfilment.api.ShipmentStatus.DELIVERED;
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
import dev.lastunit.fulfilment.api.ShipmentEvent.ShipmentSplit;
import dev.lastunit.fulfilment.api.ShipmentLine;
import dev.lastunit.fulfilment.api.ShipmentState;
import dev.lastunit.shared.api.ErrorCode;
import dev.lastunit.shared.api.Result;
import dev.lastunit.shared.api.Sku;
import java.util.ArrayList;
import java.util.LinkedHashMap;
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
   * @param events at most one, or two when it leaves in parts; empty for repeats, refusals and
   *     questions
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
              : shipment.orderId().equals(prepare.orderId())
                      && shipment.location().equals(prepare.location())
                  ? repeated(shipment)
                  : notAllowed(shipment);
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
   * It leaves once: another carrier or number later, or other units, is not a repeat, and is
   * refused rather than lost in silence.
   */
  private static Decision dispatch(ShipmentFacts shipment, DispatchShipment command) {
    return switch (shipment.status()) {
      case PREPARED -> leave(shipment, command);
      case DISPATCHED, DELIVERED ->
          Objects.equals(shipment.carrier(), command.carrier())
                  && Objects.equals(shipment.trackingNumber(), command.trackingNumber())
                  && (command.lines() == null
                      ? shipment.rest() == null
                      : units(shipment.lines()).equals(units(command.lines())))
              ? repeated(shipment)
              : notAllowed(shipment);
      case CANCELLED -> notAllowed(shipment);
    };
  }

  private static Decision leave(ShipmentFacts shipment, DispatchShipment command) {
    var dispatched =
        new ShipmentDispatched(
            command.shipmentId(), shipment.orderId(), command.carrier(), command.trackingNumber());
    if (command.lines() == null) {
      return recorded(shipment, dispatched);
    }
    var leaving = units(command.lines());
    var staying = new ArrayList<ShipmentLine>();
    for (var line : shipment.lines()) {
      Integer units = leaving.remove(line.sku());
      int stays = line.quantity() - (units == null ? 0 : units);
      if (units != null && units < 1 || stays < 0) {
        return notSoMany(line.sku(), line.quantity());
      }
      if (stays > 0) {
        staying.add(new ShipmentLine(line.sku(), stays));
      }
    }
    if (!leaving.isEmpty()) {
      return notSoMany(leaving.keySet().iterator().next(), 0);
    }
    if (command.lines().isEmpty()) {
      return refused(ErrorCode.INVALID_FIELD, "Something has to leave", Map.of());
    }
    return staying.isEmpty()
        ? recorded(shipment, dispatched)
        : recorded(
            shipment,
            new ShipmentSplit(
                shipment.shipmentId(),
                shipment.orderId(),
                shipment.shipmentId().rest(),
                shipment.location(),
                List.copyOf(staying)),
            dispatched);
  }

  private static Decision notSoMany(Sku sku, int units) {
    return refused(
        ErrorCode.INVALID_FIELD,
        "The shipment has " + units + " units of " + sku,
        Map.of("sku", sku.value(), "left", units));
  }

  private static Map<Sku, Integer> units(List<ShipmentLine> lines) {
    Map<Sku, Integer> units = new LinkedHashMap<>();
    lines.forEach(line -> units.merge(line.sku(), line.quantity(), Integer::sum));
    return units;
  }

  private static List<ShipmentLine> without(List<ShipmentLine> lines, List<ShipmentLine> gone) {
    var staying = units(gone);
    return lines.stream()
        .map(
            line ->
                new ShipmentLine(line.sku(), line.quantity() - staying.getOrDefault(line.sku(), 0)))
        .filter(line -> line.quantity() > 0)
        .toList();
  }

  /** Folds one event; never refuses, since what was recorded has happened. */
  static ShipmentFacts evolve(ShipmentFacts shipment, ShipmentEvent event) {
    return switch (event) {
      case ShipmentPrepared prepared ->
          new ShipmentFacts(
              prepared.shipmentId(),
              prepared.orderId(),
              prepared.location(),
              prepared.lines(),
              null,
              PREPARED,
              null,
              null);
      case ShipmentSplit split ->
          shipment.split(split.rest(), without(shipment.lines(), split.lines()));
      case ShipmentDispatched dispatched ->
          shipment.dispatched(dispatched.carrier(), dispatched.trackingNumber());
      case ShipmentDelivered _ -> shipment.at(DELIVERED);
      case ShipmentCancelled _ -> shipment.at(CANCELLED);
    };
  }

  private static Decision recorded(ShipmentFacts shipment, ShipmentEvent... events) {
    var after = shipment;
    for (var event : events) {
      after = evolve(after, event);
    }
    return new Decision(Result.accepted(after.state()), List.of(events));
  }

  private static Decision repeated(ShipmentFacts shipment) {
    return new Decision(Result.repeated(shipment.state()), List.of());
  }

  private static Decision notAllowed(ShipmentFacts shipment) {
    return refused(
        ErrorCode.INVALID_TRANSITION,
        "The shipment is " + shipment.status().text() + " and does not allow this",
        Map.of("status", shipment.status().text()));
  }

  private static Decision refused(ErrorCode code, String detail, Map<String, Object> facts) {
    return new Decision(Result.refused(code, detail, facts), List.of());
  }
}
