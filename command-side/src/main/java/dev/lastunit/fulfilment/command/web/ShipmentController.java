package dev.lastunit.fulfilment.command.web;

import dev.lastunit.fulfilment.api.ShipmentCommand.DispatchShipment;
import dev.lastunit.fulfilment.api.ShipmentCommand.ReadShipment;
import dev.lastunit.fulfilment.api.ShipmentCommand.RecordDelivery;
import dev.lastunit.fulfilment.api.ShipmentLine;
import dev.lastunit.fulfilment.api.ShipmentState;
import dev.lastunit.fulfilment.api.ShipmentStatus;
import dev.lastunit.ordering.api.OrderCommand.ShipOrder;
import dev.lastunit.shared.api.Caller;
import dev.lastunit.shared.api.Command;
import dev.lastunit.shared.api.Commands;
import dev.lastunit.shared.api.ErrorCode;
import dev.lastunit.shared.api.Problem;
import dev.lastunit.shared.api.ShipmentId;
import dev.lastunit.shared.api.Sku;
import dev.lastunit.shared.command.web.CallerCommands;
import dev.lastunit.shared.command.web.CallerCommands.Accepted;
import dev.lastunit.shared.command.web.Violations;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/** What a warehouse tells of its shipments. */
@RestController
@RequestMapping("/v1/shipments/{id}")
@Tag(
    name = "Fulfilment",
    description = "Shipments, one for each location of an order, or more when parts leave")
class ShipmentController {

  private static final int MAX_ID = 160;
  private static final int MAX_TEXT = 100;

  private final Commands commands;

  ShipmentController(Commands commands) {
    this.commands = commands;
  }

  /** Units of one SKU. */
  record LineBody(
      @Schema(example = "85123A") String sku,
      @Schema(description = "Units, 1 or more", example = "1") Integer quantity) {}

  /** Who took it, and what. */
  record DispatchBody(
      @Schema(maxLength = MAX_TEXT, example = "Royal Mail") String carrier,
      @Schema(maxLength = MAX_TEXT, example = "RM123456789GB") String trackingNumber,
      @Schema(
              description =
                  "The units that left, one line for each SKU; absent for all. What stays becomes"
                      + " a new shipment")
          List<LineBody> lines) {}

  /**
   * The order is told first: from then on it cannot be cancelled, so that a cancellation and a
   * dispatch never cross. Should the second step fail, the same request completes it.
   */
  @PostMapping("/dispatch")
  @Operation(
      summary = "Dispatch a shipment",
      description =
          "200 with the shipment, also when it has left with the same carrier, number and lines"
              + " already. With lines a part leaves: rest names the new shipment of what stays,"
              + " which is listed a moment later. 409 invalid-transition when it or its order was"
              + " cancelled, or it left otherwise; 422 invalid-field when it has not so many"
              + " units.")
  Mono<ResponseEntity<ShipmentState>> dispatch(
      @Parameter(hidden = true) Caller caller,
      @PathVariable String id,
      @RequestBody DispatchBody body) {
    var shipmentId = shipmentId(id);
    var violations = new Violations();
    violations.text("carrier", body.carrier(), 1, MAX_TEXT);
    violations.text("trackingNumber", body.trackingNumber(), 1, MAX_TEXT);
    var lines = body.lines() == null ? null : lines(violations, body.lines());
    violations.orThrow();
    var dispatch = new DispatchShipment(shipmentId, body.carrier(), body.trackingNumber(), lines);
    return send(caller, new ReadShipment(shipmentId))
        .flatMap(
            read -> {
              if (read.value().status() != ShipmentStatus.PREPARED) {
                return Mono.empty();
              }
              if (lines != null) {
                checkUnits(read.value().lines(), lines);
              }
              return send(caller, new ShipOrder(read.value().orderId(), shipmentId)).then();
            })
        .then(Mono.defer(() -> send(caller, dispatch)))
        .map(ShipmentController::answer);
  }

  /** Before the order is told that something leaves. */
  private static void checkUnits(List<ShipmentLine> has, List<ShipmentLine> leaving) {
    var violations = new Violations();
    for (int at = 0; at < leaving.size(); at++) {
      var line = leaving.get(at);
      int units =
          has.stream()
              .filter(one -> one.sku().equals(line.sku()))
              .mapToInt(ShipmentLine::quantity)
              .sum();
      violations.check(
          line.quantity() <= units,
          "lines[" + at + "].quantity",
          "must be at most " + units + ", the units of the shipment");
    }
    violations.orThrow();
  }

  /** Null when something is wrong with them. */
  private static List<ShipmentLine> lines(Violations violations, List<LineBody> bodies) {
    violations.check(!bodies.isEmpty(), "lines", "must hold at least one line, or be absent");
    var lines = new ArrayList<ShipmentLine>(bodies.size());
    var skus = new HashSet<String>();
    for (int at = 0; at < bodies.size(); at++) {
      var line = bodies.get(at);
      var field = "lines[" + at + "]";
      boolean sku = line != null && line.sku() != null && Sku.isValid(line.sku());
      boolean quantity = line != null && line.quantity() != null && line.quantity() >= 1;
      violations.check(
          sku,
          field + ".sku",
          "must have 1 to 64 letters, digits, spaces, dots, underscores, colons or hyphens");
      violations.check(quantity, field + ".quantity", "must be 1 or more");
      if (sku && quantity) {
        violations.check(skus.add(line.sku()), field + ".sku", "must come once");
        lines.add(new ShipmentLine(new Sku(line.sku()), line.quantity()));
      }
    }
    return violations.isEmpty() ? List.copyOf(lines) : null;
  }

  @PostMapping("/delivery")
  @Operation(
      summary = "Record a delivery",
      description =
          "200 with the shipment, also when it has arrived already. 409 invalid-transition unless"
              + " it was dispatched.")
  Mono<ResponseEntity<ShipmentState>> deliver(
      @Parameter(hidden = true) Caller caller, @PathVariable String id) {
    return send(caller, new RecordDelivery(shipmentId(id))).map(ShipmentController::answer);
  }

  private static ShipmentId shipmentId(String text) {
    if (text.isBlank() || text.length() > MAX_ID) {
      throw Problem.notFound("shipment");
    }
    return new ShipmentId(text);
  }

  private <R> Mono<Accepted<R>> send(Caller caller, Command<R> command) {
    return CallerCommands.send(commands, caller, command)
        .publishOn(Schedulers.parallel())
        .onErrorMap(
            failure -> failure instanceof Problem problem && problem.code() == ErrorCode.NOT_FOUND,
            missing -> Problem.notFound("shipment"));
  }

  private static ResponseEntity<ShipmentState> answer(Accepted<ShipmentState> done) {
    return done.on(ResponseEntity.ok()).body(done.value());
  }
}
