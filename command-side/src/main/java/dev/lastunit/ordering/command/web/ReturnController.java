package dev.lastunit.ordering.command.web;

import dev.lastunit.ordering.api.OrderCommand.RequestReturn;
import dev.lastunit.ordering.api.OrderReturn;
import dev.lastunit.ordering.api.ReturnItem;
import dev.lastunit.ordering.api.ReturnStatus;
import dev.lastunit.shared.api.Caller;
import dev.lastunit.shared.api.Commands;
import dev.lastunit.shared.api.ErrorCode;
import dev.lastunit.shared.api.LocationId;
import dev.lastunit.shared.api.Money;
import dev.lastunit.shared.api.OrderId;
import dev.lastunit.shared.api.Problem;
import dev.lastunit.shared.api.ReturnId;
import dev.lastunit.shared.api.Sku;
import dev.lastunit.shared.command.web.CallerCommands;
import dev.lastunit.shared.command.web.IdempotencyKeys;
import dev.lastunit.shared.command.web.Violations;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.enums.ParameterIn;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.net.URI;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.springframework.http.HttpHeaders;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RestController;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/** Takes units back that were delivered. */
@RestController
@Tag(name = "Orders")
class ReturnController {

  private static final int MAX_ORDER_ID = 160;
  private static final int MAX_LOCATION = 100;

  /** Of a key's hash; the returns of one order never meet by chance. */
  private static final int KEY_DIGITS = 16;

  private final Commands commands;

  ReturnController(Commands commands) {
    this.commands = commands;
  }

  /** Units of one SKU. */
  record ReturnItemBody(
      @Schema(example = "85123A") String sku,
      @Schema(description = "Units, 1 or more", example = "1") Integer quantity) {}

  /** What comes back. */
  record ReturnBody(
      @Schema(description = "At least one, one for each SKU") List<ReturnItemBody> items,
      @Schema(description = "Whether the units go back to stock; false by default") Boolean restock,
      @Schema(
              description =
                  "Where they go, 1 to 100 characters; absent for where they came from. Only with"
                      + " restock",
              example = "hull")
          String location) {}

  /** Units of one SKU that come back, with what is given back for them. */
  record ReturnedItem(Sku sku, int quantity, Money refund) {}

  /** The return. */
  record ReturnAnswer(
      ReturnId returnId,
      OrderId orderId,
      ReturnStatus status,
      List<ReturnedItem> items,
      Money refund,
      boolean restock) {

    static ReturnAnswer of(OrderReturn accepted) {
      return new ReturnAnswer(
          accepted.returnId(),
          accepted.orderId(),
          accepted.status(),
          accepted.lines().stream()
              .map(line -> new ReturnedItem(line.sku(), line.quantity(), line.refund()))
              .toList(),
          accepted.refund(),
          accepted.restock());
    }
  }

  @PostMapping("/v1/orders/{orderId}/returns")
  @Operation(
      summary = "Return units of a delivered order",
      description =
          "201 with the return: its units' price is given back, and with restock they go back to"
              + " stock, both soon after. The order shows how far that is. One key is one return"
              + " for ever: a repeat with the same body is answered with it and returns nothing"
              + " again.",
      parameters =
          @Parameter(
              name = IdempotencyKeys.HEADER,
              in = ParameterIn.HEADER,
              required = true,
              description = "1 to 255 visible ASCII characters",
              schema = @Schema(type = "string", minLength = 1, maxLength = 255)),
      responses = {
        @ApiResponse(
            responseCode = "201",
            description = "Accepted; Location is the order",
            useReturnTypeSchema = true),
        @ApiResponse(
            responseCode = "400",
            description = "idempotency-key-missing, idempotency-key-invalid, malformed-request",
            content = @Content(mediaType = "application/problem+json")),
        @ApiResponse(
            responseCode = "404",
            description = "not-found: there is no such order for this subject",
            content = @Content(mediaType = "application/problem+json")),
        @ApiResponse(
            responseCode = "409",
            description =
                "not-returnable: the order is not delivered (status), or fewer units are left of a"
                    + " line (sku, left); nothing happened",
            content = @Content(mediaType = "application/problem+json")),
        @ApiResponse(
            responseCode = "422",
            description =
                "invalid-field with violations; idempotency-key-reused: the key belongs to another"
                    + " request",
            content = @Content(mediaType = "application/problem+json"))
      })
  Mono<ResponseEntity<ReturnAnswer>> accept(
      @Parameter(hidden = true) Caller caller,
      @PathVariable String orderId,
      @Parameter(hidden = true) @RequestHeader HttpHeaders headers,
      @RequestBody ReturnBody body) {
    var key = IdempotencyKeys.required(headers);
    if (orderId.isBlank() || orderId.length() > MAX_ORDER_ID) {
      throw Problem.notFound("order");
    }
    var items = items(body);
    var order = new OrderId(orderId);
    var command =
        new RequestReturn(
            order,
            caller.is(Caller.OPERATOR) ? null : caller.subject(),
            ReturnId.of(order, digits(caller, key)),
            items,
            Boolean.TRUE.equals(body.restock()),
            body.location() == null ? null : new LocationId(body.location()));
    return CallerCommands.send(commands, caller, command)
        .publishOn(Schedulers.parallel())
        .onErrorMap(
            failure -> failure instanceof Problem problem && problem.code() == ErrorCode.NOT_FOUND,
            missing -> Problem.notFound("order"))
        .map(
            done ->
                done.on(ResponseEntity.created(URI.create("/v1/orders/" + orderId)))
                    .body(ReturnAnswer.of(done.value())));
  }

  private static String digits(Caller caller, String key) {
    var id = IdempotencyKeys.commandId(caller, key).value();
    return id.substring(id.length() - KEY_DIGITS);
  }

  private static List<ReturnItem> items(ReturnBody body) {
    var violations = new Violations();
    violations.check(
        body.items() != null && !body.items().isEmpty(), "items", "must hold at least one item");
    Set<String> skus = new HashSet<>();
    List<ReturnItemBody> items = body.items() == null ? List.of() : body.items();
    for (int at = 0; at < items.size(); at++) {
      var item = items.get(at);
      var field = "items[" + at + "]";
      if (item == null) {
        violations.check(false, field, "must be an item");
        continue;
      }
      violations.check(
          item.sku() != null && Sku.isValid(item.sku()),
          field + ".sku",
          "must have 1 to 64 letters, digits, spaces, dots, underscores, colons or hyphens");
      violations.check(skus.add(item.sku()), field + ".sku", "must come once");
      violations.check(
          item.quantity() != null && item.quantity() >= 1,
          field + ".quantity",
          "must be 1 or more");
    }
    if (body.location() != null) {
      violations.text("location", body.location(), 1, MAX_LOCATION);
      violations.check(
          Boolean.TRUE.equals(body.restock()), "location", "must be absent without restock");
    }
    violations.orThrow();
    return items.stream()
        .map(item -> new ReturnItem(new Sku(item.sku()), item.quantity()))
        .toList();
  }
}
