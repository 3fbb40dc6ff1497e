package dev.lastunit.fulfilment.command;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.annotation.JsonAutoDetect.Visibility;
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
import dev.lastunit.fulfilment.api.ShipmentStatus;
import dev.lastunit.shared.api.ErrorCode;
import dev.lastunit.shared.api.LocationId;
import dev.lastunit.shared.api.OrderId;
import dev.lastunit.shared.api.Result;
import dev.lastunit.shared.api.ShipmentId;
import dev.lastunit.shared.api.Sku;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.axonframework.modelling.command.AggregateNotFoundException;
import org.axonframework.test.aggregate.AggregateTestFixture;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.json.JsonMapper;

/** A shipment leaves once or not at all. */
class ShipmentTest {

  private static final OrderId ORDER = new OrderId("ord-1");
  private static final LocationId NORTH = new LocationId("north");
  private static final ShipmentId SHIPMENT = ShipmentId.of(ORDER, NORTH);
  private static final List<ShipmentLine> LINES = List.of(new ShipmentLine(new Sku("LAMP"), 2));

  private static final PrepareShipment PREPARE = new PrepareShipment(SHIPMENT, ORDER, NORTH, LINES);
  private static final DispatchShipment DISPATCH =
      new DispatchShipment(SHIPMENT, "Acme Parcels", "T-1", null);

  private static final ShipmentPrepared PREPARED =
      new ShipmentPrepared(SHIPMENT, ORDER, NORTH, LINES);
  private static final ShipmentDispatched DISPATCHED =
      new ShipmentDispatched(SHIPMENT, ORDER, "Acme Parcels", "T-1");
  private static final ShipmentDelivered DELIVERED = new ShipmentDelivered(SHIPMENT, ORDER);
  private static final ShipmentCancelled CANCELLED = new ShipmentCancelled(SHIPMENT, ORDER);

  private AggregateTestFixture<Shipment> fixture;

  @BeforeEach
  void setUp() {
    fixture = new AggregateTestFixture<>(Shipment.class);
  }

  @Test
  void preparesAShipment() {
    fixture
        .givenNoPriorActivity()
        .when(PREPARE)
        .expectEvents(PREPARED)
        .expectResultMessagePayload(Result.accepted(state(ShipmentStatus.PREPARED)));
  }

  @Test
  void knowsNoShipmentThatWasNotPrepared() {
    fixture
        .givenNoPriorActivity()
        .when(DISPATCH)
        .expectNoEvents()
        .expectException(AggregateNotFoundException.class);
  }

  @Test
  void tellsItsOrderAndStatus() {
    fixture
        .given(PREPARED, DISPATCHED)
        .when(new ReadShipment(SHIPMENT))
        .expectNoEvents()
        .expectResultMessagePayload(Result.accepted(state(ShipmentStatus.DISPATCHED)));
  }

  @Test
  void leavesOnceWithOneCarrierAndNumber() {
    for (var other :
        List.of(
            new DispatchShipment(SHIPMENT, "Other Parcels", "T-1", null),
            new DispatchShipment(SHIPMENT, "Acme Parcels", "T-2", null))) {
      new AggregateTestFixture<>(Shipment.class)
          .given(PREPARED, DISPATCHED)
          .when(other)
          .expectNoEvents()
          .expectResultMessagePayload(notAllowed(ShipmentStatus.DISPATCHED));
    }
  }

  /** Every state by every command: exactly the event, a repeat, or a refusal. */
  @ParameterizedTest(name = "{0}: {1}")
  @MethodSource("table")
  void decidesAsTheTableSays(
      ShipmentStatus status, ShipmentCommand<ShipmentState> command, Object expected) {
    var then = fixture.given(history(status)).when(command);

    switch (expected) {
      case ShipmentDispatched event ->
          then.expectEvents(event)
              .expectResultMessagePayload(Result.accepted(state(ShipmentStatus.DISPATCHED)));
      case ShipmentDelivered event ->
          then.expectEvents(event)
              .expectResultMessagePayload(Result.accepted(state(ShipmentStatus.DELIVERED)));
      case ShipmentCancelled event ->
          then.expectEvents(event)
              .expectResultMessagePayload(Result.accepted(state(ShipmentStatus.CANCELLED)));
      case ErrorCode _ -> then.expectNoEvents().expectResultMessagePayload(notAllowed(status));
      default -> then.expectNoEvents().expectResultMessagePayload(Result.repeated(state(status)));
    }
  }

  private static Stream<Arguments> table() {
    var repeat = "repeat";
    var refused = ErrorCode.INVALID_TRANSITION;
    return Stream.of(
            row(PREPARE, repeat, repeat, repeat, repeat),
            row(DISPATCH, DISPATCHED, repeat, repeat, refused),
            row(new RecordDelivery(SHIPMENT), refused, DELIVERED, repeat, refused),
            row(new CancelShipment(SHIPMENT), CANCELLED, refused, refused, repeat))
        .flatMap(row -> row);
  }

  /** One command in the states prepared, dispatched, delivered, cancelled. */
  private static Stream<Arguments> row(ShipmentCommand<ShipmentState> command, Object... expected) {
    assertThat(expected).hasSameSizeAs(ShipmentStatus.values());
    return Arrays.stream(ShipmentStatus.values())
        .map(status -> Arguments.of(status, command, expected[status.ordinal()]));
  }

  /**
   * Goal: a snapshot loses nothing that a decision needs. Method: through JSON and back, field by
   * field.
   */
  @ParameterizedTest
  @EnumSource(ShipmentStatus.class)
  void survivesASnapshot(ShipmentStatus status) {
    var shipment = new Shipment();
    history(status).forEach(shipment::on);
    var mapper =
        JsonMapper.builder()
            .changeDefaultVisibility(visibility -> visibility.withFieldVisibility(Visibility.ANY))
            .build();

    var restored = mapper.readValue(mapper.writeValueAsString(shipment), Shipment.class);

    assertThat(restored).usingRecursiveComparison().isEqualTo(shipment);
  }

  private static final Sku LAMP = new Sku("LAMP");
  private static final Sku CUP = new Sku("CUP");
  private static final ShipmentId REST = SHIPMENT.rest();
  private static final ShipmentPrepared BOTH =
      new ShipmentPrepared(
          SHIPMENT, ORDER, NORTH, List.of(new ShipmentLine(LAMP, 2), new ShipmentLine(CUP, 3)));

  private static DispatchShipment part(ShipmentLine... lines) {
    return new DispatchShipment(SHIPMENT, "Acme Parcels", "T-1", List.of(lines));
  }

  @Test
  void leavesInPartsAndTellsWhatStays() {
    fixture
        .given(BOTH)
        .when(part(new ShipmentLine(LAMP, 2), new ShipmentLine(CUP, 1)))
        .expectEvents(
            new ShipmentSplit(SHIPMENT, ORDER, REST, NORTH, List.of(new ShipmentLine(CUP, 2))),
            DISPATCHED)
        .expectResultMessagePayload(
            Result.accepted(
                new ShipmentState(
                    SHIPMENT,
                    ORDER,
                    ShipmentStatus.DISPATCHED,
                    List.of(new ShipmentLine(LAMP, 2), new ShipmentLine(CUP, 1)),
                    REST)));
  }

  @Test
  void isNotSplitWhenEverythingLeaves() {
    fixture
        .given(BOTH)
        .when(part(new ShipmentLine(CUP, 3), new ShipmentLine(LAMP, 2)))
        .expectEvents(DISPATCHED);
  }

  @Test
  void hasNoMoreUnitsThanItsOwn() {
    for (var lines :
        List.of(
            List.of(new ShipmentLine(LAMP, 3)),
            List.of(new ShipmentLine(LAMP, 0)),
            List.of(new ShipmentLine(new Sku("OTHER"), 1)),
            List.<ShipmentLine>of())) {
      var decision =
          ShipmentRules.decide(
              ShipmentRules.evolve(null, BOTH),
              new DispatchShipment(SHIPMENT, "Acme Parcels", "T-1", lines));

      assertThat(decision.events()).isEmpty();
      assertThat(((Result.Refused<ShipmentState>) decision.result()).code())
          .isEqualTo(ErrorCode.INVALID_FIELD);
    }
  }

  @Test
  void leavesOnceWithOnePart() {
    var split = new ShipmentSplit(SHIPMENT, ORDER, REST, NORTH, List.of(new ShipmentLine(CUP, 3)));
    var left =
        new ShipmentState(
            SHIPMENT, ORDER, ShipmentStatus.DISPATCHED, List.of(new ShipmentLine(LAMP, 2)), REST);
    fixture
        .given(BOTH, split, DISPATCHED)
        .when(part(new ShipmentLine(LAMP, 2)))
        .expectNoEvents()
        .expectResultMessagePayload(Result.repeated(left));
    for (var other : List.of(DISPATCH, part(new ShipmentLine(LAMP, 1)))) {
      new AggregateTestFixture<>(Shipment.class)
          .given(BOTH, split, DISPATCHED)
          .when(other)
          .expectNoEvents()
          .expectResultMessagePayload(notAllowed(ShipmentStatus.DISPATCHED));
    }
  }

  @Test
  void namesWhatStaysAfterWhatLeft() {
    assertThat(REST.value()).isEqualTo(SHIPMENT.value() + "~2");
    assertThat(REST.rest().value()).isEqualTo(SHIPMENT.value() + "~3");
  }

  @Test
  void isAnotherShipmentAtAnotherPlace() {
    fixture
        .given(PREPARED)
        .when(new PrepareShipment(SHIPMENT, ORDER, new LocationId("south"), LINES))
        .expectNoEvents()
        .expectResultMessagePayload(notAllowed(ShipmentStatus.PREPARED));
  }

  private static List<ShipmentEvent> history(ShipmentStatus status) {
    return switch (status) {
      case PREPARED -> List.of(PREPARED);
      case DISPATCHED -> List.of(PREPARED, DISPATCHED);
      case DELIVERED -> List.of(PREPARED, DISPATCHED, DELIVERED);
      case CANCELLED -> List.of(PREPARED, CANCELLED);
    };
  }

  private static ShipmentState state(ShipmentStatus status) {
    return new ShipmentState(SHIPMENT, ORDER, status, LINES, null);
  }

  private static Result<ShipmentState> notAllowed(ShipmentStatus status) {
    return Result.refused(
        ErrorCode.INVALID_TRANSITION,
        "The shipment is " + status.text() + " and does not allow this",
        Map.of("status", status.text()));
  }
}
