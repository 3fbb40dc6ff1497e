package dev.lastunit.process.delivery;

import static java.util.Map.entry;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lastunit.fulfilment.api.ShipmentEvent.ShipmentCancelled;
import dev.lastunit.fulfilment.api.ShipmentEvent.ShipmentDelivered;
import dev.lastunit.fulfilment.api.ShipmentEvent.ShipmentSplit;
import dev.lastunit.fulfilment.api.ShipmentLine;
import dev.lastunit.ordering.api.OrderEvent.OrderCancelled;
import dev.lastunit.ordering.api.OrderEvent.OrderRejected;
import dev.lastunit.ordering.api.OrderEvent.OrderReserved;
import dev.lastunit.ordering.api.OrderStatus;
import dev.lastunit.ordering.api.RejectionReason;
import dev.lastunit.ordering.api.ReservedLine;
import dev.lastunit.process.delivery.DeliveryProcess.Prepared;
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

  private static final ShipmentSplit SPLIT =
      new ShipmentSplit(
          FROM_NORTH, ORDER, FROM_NORTH.rest(), NORTH, List.of(new ShipmentLine(new Sku("A"), 1)));

  private static final Map<String, DeliveryState> STATES =
      Map.of(
          "two open", DeliveryState.of(ORDER, Set.of(FROM_NORTH, FROM_SOUTH)),
          "one open", DeliveryState.of(ORDER, Set.of(FROM_NORTH)),
          "recording", DeliveryState.of(ORDER, Set.of()),
          "preparing", DeliveryState.of(ORDER, Set.of(FROM_NORTH, FROM_SOUTH)).splitBy(SPLIT),
          "split before",
              DeliveryState.of(ORDER, Set.of(FROM_NORTH))
                  .splitBy(SPLIT)
                  .prepared(Set.of(SPLIT.rest())));

  private static final Map<String, Stimulus> STIMULI =
      Map.ofEntries(
          entry("reserved", new Happened(RESERVED)),
          entry("north arrives", new Happened(new ShipmentDelivered(FROM_NORTH, ORDER))),
          entry("south arrives", new Happened(new ShipmentDelivered(FROM_SOUTH, ORDER))),
          entry("north is split", new Happened(SPLIT)),
          entry("rest arrives", new Happened(new ShipmentDelivered(FROM_NORTH.rest(), ORDER))),
          entry("north falls away", new Happened(new ShipmentCancelled(FROM_NORTH, ORDER))),
          entry(
              "rejected",
              new Happened(new OrderRejected(ORDER, RejectionReason.PAYMENT_DECLINED, List.of()))),
          entry(
              "cancelled",
              new Happened(new OrderCancelled(ORDER, "no", OrderStatus.RESERVED, List.of()))),
          entry("timed out", new TimedOut()),
          entry("given up", new GivenUp()),
          entry("prepared", new Prepared(Set.of(FROM_NORTH.rest()))),
          entry("recorded", new Recorded()));

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
    "none, north is split, ignored",
    "none, north falls away, ignored",
    "none, prepared, ignored",
    "two open, north is split, run PREPARING",
    "two open, north falls away, await UNDER_WAY",
    "two open, rest arrives, ignored",
    "two open, prepared, ignored",
    "one open, north is split, run PREPARING",
    "one open, north falls away, end nothing-left",
    "preparing, reserved, ignored",
    "preparing, north is split, ignored",
    "preparing, north arrives, note PREPARING",
    "preparing, south arrives, note PREPARING",
    "preparing, rest arrives, note PREPARING",
    "preparing, north falls away, note PREPARING",
    "preparing, rejected, ignored",
    "preparing, cancelled, ignored",
    "preparing, timed out, ignored",
    "preparing, given up, ignored",
    "preparing, prepared, await UNDER_WAY",
    "preparing, recorded, ignored",
    "split before, north is split, ignored",
    "split before, north arrives, await UNDER_WAY",
    "split before, rest arrives, await UNDER_WAY",
    "split before, prepared, ignored",
    "recording, north is split, ignored",
    "recording, north falls away, ignored",
    "recording, prepared, ignored",
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
  void waitsForEveryPartAlsoWhenTheFirstArrivesWhileTheRestIsPrepared() {
    Decision<DeliveryState> noted =
        PROCESS.decide(
            DeliveryState.of(ORDER, Set.of(FROM_NORTH)).splitBy(SPLIT),
            STIMULI.get("north arrives"));
    DeliveryState waiting =
        moved(PROCESS.decide(moved(noted), new Prepared(Set.of(FROM_NORTH.rest()))));

    assertThat(waiting.step()).isEqualTo("UNDER_WAY");
    assertThat(waiting.open()).containsExactly(FROM_NORTH.rest());
    // What happened before comes again after a crash.
    assertThat(Decisions.text(PROCESS.decide(waiting, new Happened(SPLIT)))).isEqualTo("ignored");
    assertThat(Decisions.text(PROCESS.decide(waiting, STIMULI.get("rest arrives"))))
        .isEqualTo("run RECORDING");
  }

  private static DeliveryState moved(Decision<DeliveryState> decision) {
    return ((Decision.Moved<DeliveryState>) decision).state();
  }

  @Test
  void readsWhatAnEarlierReleaseWrote() {
    assertThat(
            ProcessJson.read(
                "{\"orderId\":\"ord-1\",\"open\":[\"" + FROM_NORTH + "\"]}", DeliveryState.class))
        .isEqualTo(DeliveryState.of(ORDER, Set.of(FROM_NORTH)));
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
