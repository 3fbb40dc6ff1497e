package dev.lastunit.process.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lastunit.fulfilment.api.ShipmentEvent.ShipmentDelivered;
import dev.lastunit.ordering.api.OrderEvent.OrderCancelled;
import dev.lastunit.ordering.api.OrderEvent.OrderRejected;
import dev.lastunit.ordering.api.OrderEvent.OrderReserved;
import dev.lastunit.ordering.api.OrderStatus;
import dev.lastunit.ordering.api.RejectionReason;
import dev.lastunit.ordering.api.ReservedLine;
import dev.lastunit.process.delivery.DeliveryProcess.Recorded;
import dev.lastunit.process.engine.Decision;
import dev.lastunit.process.engine.Decisions;
import dev.lastunit.process.engine.ProcessJson;
import dev.lastunit.process.engine.Stimulus;
import dev.lastunit.process.engine.Stimulus.GivenUp;
import dev.lastunit.process.engine.Stimulus.Happened;
import dev.lastunit.process.engine.Stimulus.TimedOut;
import dev.lastunit.shared.api.Allocation;
import dev.lastunit.shared.api.LocationId;
import dev.lastunit.shared.api.OrderId;
import dev.lastunit.shared.api.ShipmentId;
import dev.lastunit.shared.api.Sku;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The delivery process's table: every step meets every stimulus. */
class DeliveryDecisionsTest {

  private static final OrderId ORDER = new OrderId("ord-1");
  private static final LocationId NORTH = new LocationId("north");
  private static final LocationId SOUTH = new LocationId("south");
  private static final ShipmentId FROM_NORTH = ShipmentId.of(ORDER, NORTH);
  private static final ShipmentId FROM_SOUTH = ShipmentId.of(ORDER, SOUTH);

  private static final DeliveryProcess PROCESS = new DeliveryProcess(null);

  private static final OrderReserved RESERVED =
      new OrderReserved(
          ORDER,
          List.of(
              new ReservedLine(
                  new Sku("A"), List.of(new Allocation(NORTH, 1), new Allocation(SOUTH, 2))),
              new ReservedLine(new Sku("B"), List.of(new Allocation(SOUTH, 2)))),
          Instant.EPOCH);

  private static final Map<String, DeliveryState> STATES =
      Map.of(
          "two open", new DeliveryState(ORDER, Set.of(FROM_NORTH, FROM_SOUTH)),
          "one open", new DeliveryState(ORDER, Set.of(FROM_NORTH)),
          "recording", new DeliveryState(ORDER, Set.of()));

  private static final Map<String, Stimulus> STIMULI =
      Map.of(
          "reserved", new Happened(RESERVED),
          "north arrives", new Happened(new ShipmentDelivered(FROM_NORTH, ORDER)),
          "south arrives", new Happened(new ShipmentDelivered(FROM_SOUTH, ORDER)),
          "rejected",
              new Happened(new OrderRejected(ORDER, RejectionReason.PAYMENT_DECLINED, List.of())),
          "cancelled",
              new Happened(new OrderCancelled(ORDER, "no", OrderStatus.RESERVED, List.of())),
          "timed out", new TimedOut(),
          "given up", new GivenUp(),
          "recorded", new Recorded());

  @ParameterizedTest(name = "{0} + {1} -> {2}")
  @CsvSource({
    "none, reserved, await UNDER_WAY",
    "none, north arrives, ignored",
    "none, south arrives, ignored",
    "none, rejected, ignored",
    "none, cancelled, ignored",
    "none, timed out, ignored",
    "none, given up, ignored",
    "none, recorded, ignored",
    "two open, reserved, ignored",
    "two open, north arrives, await UNDER_WAY",
    "two open, south arrives, await UNDER_WAY",
    "two open, rejected, end rejected",
    "two open, cancelled, end cancelled",
    "two open, timed out, ignored",
    "two open, given up, ignored",
    "two open, recorded, ignored",
    "one open, reserved, ignored",
    "one open, north arrives, run RECORDING",
    "one open, south arrives, ignored",
    "one open, rejected, end rejected",
    "one open, cancelled, end cancelled",
    "recording, reserved, ignored",
    "recording, north arrives, ignored",
    "recording, south arrives, ignored",
    "recording, rejected, ignored",
    "recording, cancelled, ignored",
    "recording, timed out, ignored",
    "recording, given up, ignored",
    "recording, recorded, end delivered",
  })
  void decides(String state, String stimulus, String expected) {
    Decision<DeliveryState> decision = PROCESS.decide(STATES.get(state), STIMULI.get(stimulus));

    assertThat(Decisions.text(decision)).isEqualTo(expected);
  }

  @Test
  void waitsForOneShipmentFromEachLocation() {
    Decision<DeliveryState> decision = PROCESS.decide(null, new Happened(RESERVED));

    assertThat(((Decision.Moved<DeliveryState>) decision).state().open())
        .containsExactlyInAnyOrder(FROM_NORTH, FROM_SOUTH);
  }

  @Test
  void isReadBackAsItWasWritten() {
    STATES
        .values()
        .forEach(
            state ->
                assertThat(ProcessJson.read(ProcessJson.write(state), DeliveryState.class))
                    .isEqualTo(state));
  }
}
