package dev.lastunit.inventory.command.web;

import dev.lastunit.inventory.api.Sourcing;
import dev.lastunit.inventory.api.StockCommand.AdjustStock;
import dev.lastunit.inventory.api.StockCommand.ReceiveStock;
import dev.lastunit.inventory.api.StockCommand.SetStockPolicy;
import dev.lastunit.inventory.api.StockLevel;
import dev.lastunit.inventory.api.StockPolicy;
import dev.lastunit.inventory.command.PolicyRules;
import dev.lastunit.shared.api.Caller;
import dev.lastunit.shared.api.CommandId;
import dev.lastunit.shared.api.Commands;
import dev.lastunit.shared.api.LocationId;
import dev.lastunit.shared.api.Sku;
import dev.lastunit.shared.command.web.CallerCommands;
import dev.lastunit.shared.command.web.IdempotencyKeys;
import dev.lastunit.shared.command.web.Violations;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.Map;
import java.util.UUID;
import java.util.function.Supplier;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;
import reactor.core.publisher.Mono;

/**
 * Writes to the stock of a SKU. A SKU needs no product: stock may arrive before the catalogue knows
 * what it is.
 */
@RestController
@RequestMapping("/v1/inventory/{sku}")
@Tag(name = "Inventory", description = "Stock by SKU and location")
class StockController {

  /** Leaves room for the identifiers that are made of an order and a location. */
  private static final int MAX_LOCATION = 100;

  private static final int MAX_REFERENCE = 200;
  private static final int MAX_REASON = 500;

  /** Names on the wire. */
  private static final Map<Sourcing, String> SOURCINGS =
      Map.of(
          Sourcing.PRIORITY, "priority",
          Sourcing.NEAREST, "nearest",
          Sourcing.FEWEST_SHIPMENTS, "fewest-shipments");

  private final Commands commands;
  private final Supplier<UUID> idSource;

  /**
   * @param idSource identifiers for commands of requests without a key
   */
  StockController(Commands commands, Supplier<UUID> idSource) {
    this.commands = commands;
    this.idSource = idSource;
  }

  /** Units that arrived. */
  record ReceiptBody(
      @Schema(description = "Where they are, 1 to 100 characters", example = "hull")
          String location,
      @Schema(description = "Units, 1 or more", example = "100") Integer quantity,
      @Schema(description = "Delivery note, up to 200 characters") String reference) {}

  /** A count correction. */
  record AdjustmentBody(
      @Schema(description = "Where it was counted, 1 to 100 characters", example = "hull")
          String location,
      @Schema(description = "Units to add, or to take away when negative; not 0", example = "-2")
          Integer delta,
      @Schema(description = "Why, 1 to 500 characters", example = "broken") String reason) {}

  /** How stock may be promised; what is left out has its default. */
  record PolicyBody(
      @Schema(description = "ISO 8601, PT1S to P30D; absent for the system's", example = "PT15M")
          String reservationTtl,
      @Schema(description = "Units that are never promised; 0 by default") Integer safetyStock,
      @Schema(description = "0, the default, means never oversell") Integer oversellAllowance,
      @Schema(
              description =
                  "Which locations give the units: priority, the default, in the order in which"
                      + " they first held the SKU; nearest to the buyer first; fewest-shipments,"
                      + " with as few further shipments of the order as possible",
              allowableValues = {"priority", "nearest", "fewest-shipments"})
          String sourcing) {

    static PolicyBody of(StockPolicy policy) {
      var ttl = policy.reservationTtl();
      return new PolicyBody(
          ttl == null ? null : ttl.toString(),
          policy.safetyStock(),
          policy.oversellAllowance(),
          SOURCINGS.get(policy.sourcing()));
    }
  }

  /** A SKU's stock over all locations, in units. */
  record StockBody(String sku, int onHand, int reserved, int available, int sold) {}

  @PostMapping("/receipts")
  @Operation(
      summary = "Receive units",
      description =
          "201 with the stock after it. With an Idempotency-Key a repeat counts once and is"
              + " answered with Idempotency-Replayed: true.")
  Mono<ResponseEntity<StockBody>> receive(
      @Parameter(hidden = true) Caller caller,
      @PathVariable String sku,
      @RequestHeader(name = "Idempotency-Key", required = false) String key,
      @RequestBody ReceiptBody body) {
    var violations = new Violations();
    sku(violations, sku);
    violations.text("location", body.location(), 1, MAX_LOCATION);
    violations.check(
        body.quantity() != null && body.quantity() >= 1, "quantity", "must be 1 or more");
    violations.text("reference", body.reference(), 0, MAX_REFERENCE);
    violations.orThrow();
    var command =
        new ReceiveStock(
            new Sku(sku),
            commandId(caller, key),
            new LocationId(body.location()),
            body.quantity(),
            body.reference());
    return CallerCommands.send(commands, caller, command).map(done -> created(sku, done));
  }

  @PostMapping("/adjustments")
  @Operation(
      summary = "Correct a count",
      description =
          "201 with the stock after it; 409 insufficient-stock when it would take reserved units"
              + " away. With an Idempotency-Key a repeat counts once.")
  Mono<ResponseEntity<StockBody>> adjust(
      @Parameter(hidden = true) Caller caller,
      @PathVariable String sku,
      @RequestHeader(name = "Idempotency-Key", required = false) String key,
      @RequestBody AdjustmentBody body) {
    var violations = new Violations();
    sku(violations, sku);
    violations.text("location", body.location(), 1, MAX_LOCATION);
    violations.check(body.delta() != null && body.delta() != 0, "delta", "must not be 0");
    violations.text("reason", body.reason(), 1, MAX_REASON);
    violations.orThrow();
    var command =
        new AdjustStock(
            new Sku(sku),
            commandId(caller, key),
            new LocationId(body.location()),
            body.delta(),
            body.reason());
    return CallerCommands.send(commands, caller, command).map(done -> created(sku, done));
  }

  @PutMapping("/policy")
  @Operation(
      summary = "Set how the stock may be promised",
      description = "200 with the policy; putting the same policy again changes nothing.")
  Mono<ResponseEntity<PolicyBody>> setPolicy(
      @Parameter(hidden = true) Caller caller,
      @PathVariable String sku,
      @RequestBody PolicyBody body) {
    var violations = new Violations();
    sku(violations, sku);
    var policy =
        new StockPolicy(
            duration(violations, "reservationTtl", body.reservationTtl()),
            body.safetyStock() == null ? 0 : body.safetyStock(),
            body.oversellAllowance() == null ? 0 : body.oversellAllowance(),
            sourcing(body.sourcing()));
    violations.addAll(PolicyRules.faults(policy));
    violations.orThrow();
    return CallerCommands.send(commands, caller, new SetStockPolicy(new Sku(sku), policy))
        .map(done -> done.on(ResponseEntity.ok()).body(PolicyBody.of(policy)));
  }

  private CommandId commandId(Caller caller, String key) {
    return key == null
        ? new CommandId("cmd-" + idSource.get())
        : IdempotencyKeys.commandId(caller, key);
  }

  private static ResponseEntity<StockBody> created(
      String sku, CallerCommands.Accepted<StockLevel> done) {
    var level = done.value();
    return done.on(ResponseEntity.status(HttpStatus.CREATED))
        .body(
            new StockBody(sku, level.onHand(), level.reserved(), level.available(), level.sold()));
  }

  private static void sku(Violations violations, String sku) {
    violations.check(
        Sku.isValid(sku),
        "sku",
        "must have 1 to 64 letters, digits, spaces, dots, underscores, colons or hyphens");
  }

  private static Duration duration(Violations violations, String field, String text) {
    try {
      return text == null ? null : Duration.parse(text);
    } catch (DateTimeParseException e) {
      violations.check(false, field, "must be an ISO 8601 duration such as PT15M");
      return null;
    }
  }

  /** The sourcing by its name; null, which no policy may say, for a name that is none. */
  private static Sourcing sourcing(String name) {
    if (name == null) {
      return Sourcing.PRIORITY;
    }
    for (var sourcing : SOURCINGS.entrySet()) {
      if (sourcing.getValue().equals(name)) {
        return sourcing.getKey();
      }
    }
    return null;
  }
}
