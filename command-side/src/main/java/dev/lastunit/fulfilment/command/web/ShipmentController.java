package dev.lastunit.fulfilment.command.web;

import dev.lastunit.fulfilment.api.ShipmentCommand.DispatchShipment;
import dev.lastunit.fulfilment.api.ShipmentCommand.ReadShipment;
import dev.lastunit.fulfilment.api.ShipmentCommand.RecordDelivery;
import dev.lastunit.fulfilment.api.ShipmentState;
import dev.lastunit.fulfilment.api.ShipmentStatus;
import dev.lastunit.ordering.api.OrderCommand.ShipOrder;
import dev.lastunit.shared.api.Caller;
import dev.lastunit.shared.api.Command;
import dev.lastunit.shared.api.Commands;
import dev.lastunit.shared.api.ErrorCode;
import dev.lastunit.shared.api.Problem;
import dev.lastunit.shared.api.ShipmentId;
import dev.lastunit.shared.command.web.CallerCommands;
import dev.lastunit.shared.command.web.CallerCommands.Accepted;
import dev.lastunit.shared.command.web.Violations;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.tags.Tag;
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
@Tag(name = "Fulfilment", description = "Shipments, one for each location of an order")
class ShipmentController {

  private static final int MAX_ID = 160;
  private static final int MAX_TEXT = 100;

  private final Commands commands;

  ShipmentController(Commands commands) {
    this.commands = commands;
  }

  /** Who took it. */
  record DispatchBody(
      @Schema(maxLength = MAX_TEXT, example = "Royal Mail") String carrier,
      @Schema(maxLength = MAX_TEXT, example = "RM123456789GB") String trackingNumber) {}

  /**
   * The order is told first: from then on it cannot be cancelled, so that a cancellation and a
   * dispatch never cross. Should the second step fail, the same request completes it.
   */
  @PostMapping("/dispatch")
  @Operation(
      summary = "Dispatch a shipment",
      description =
          "200 with the shipment, also when it has left with the same carrier and number already."
              + " 409 invalid-transition when it or its order was cancelled.")
  Mono<ResponseEntity<ShipmentState>> dispatch(
      @Parameter(hidden = true) Caller caller,
      @PathVariable String id,
      @RequestBody DispatchBody body) {
    var shipmentId = shipmentId(id);
    var violations = new Violations();
    violations.text("carrier", body.carrier(), 1, MAX_TEXT);
    violations.text("trackingNumber", body.trackingNumber(), 1, MAX_TEXT);
    violations.orThrow();
    var dispatch = new DispatchShipment(shipmentId, body.carrier(), body.trackingNumber());
    return send(caller, new ReadShipment(shipmentId))
        .flatMap(
            read ->
                read.value().status() == ShipmentStatus.PREPARED
                    ? send(caller, new ShipOrder(read.value().orderId(), shipmentId)).then()
                    : Mono.empty())
        .then(Mono.defer(() -> send(caller, dispatch)))
        .map(ShipmentController::answer);
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
