package dev.lastunit.inventory.command;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lastunit.inventory.api.ReservationEnd;
import dev.lastunit.inventory.api.Sourcing;
import dev.lastunit.inventory.api.SourcingFacts;
import dev.lastunit.inventory.api.StockCommand;
import dev.lastunit.inventory.api.StockCommand.AdjustStock;
import dev.lastunit.inventory.api.StockCommand.ConfirmReservation;
import dev.lastunit.inventory.api.StockCommand.ExpireReservations;
import dev.lastunit.inventory.api.StockCommand.ReceiveStock;
import dev.lastunit.inventory.api.StockCommand.RecordOpeningStock;
import dev.lastunit.inventory.api.StockCommand.ReleaseReservation;
import dev.lastunit.inventory.api.StockCommand.ReserveStock;
import dev.lastunit.inventory.api.StockCommand.ReturnUnits;
import dev.lastunit.inventory.api.StockCommand.SetStockPolicy;
import dev.lastunit.inventory.api.StockEvent;
import dev.lastunit.inventory.api.StockEvent.OpeningStockRecorded;
import dev.lastunit.inventory.api.StockEvent.ReservationConfirmed;
import dev.lastunit.inventory.api.StockEvent.ReservationExpired;
import dev.lastunit.inventory.api.StockEvent.ReservationReleased;
import dev.lastunit.inventory.api.StockEvent.StockAdjusted;
import dev.lastunit.inventory.api.StockEvent.StockPolicySet;
import dev.lastunit.inventory.api.StockEvent.StockReceived;
import dev.lastunit.inventory.api.StockEvent.StockReserved;
import dev.lastunit.inventory.api.StockEvent.UnitsReturned;
import dev.lastunit.inventory.api.StockPolicy;
import dev.lastunit.shared.api.Allocation;
import dev.lastunit.shared.api.CommandId;
import dev.lastunit.shared.api.EventJson;
import dev.lastunit.shared.api.LocationId;
import dev.lastunit.shared.api.OrderId;
import dev.lastunit.shared.api.ReservationId;
import dev.lastunit.shared.api.Result;
import dev.lastunit.shared.api.Sku;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;
import tools.jackson.databind.json.JsonMapper;

/**
 * Any sequence of commands, each sent twice now and then, against a ledger that is kept from the
 * events alone and knows nothing of the rules.
 */
class SkuInventoryPropertyTest {

  private static final Sku SKU = new Sku("85123A");
  private static final Instant START = Instant.parse("2026-11-27T12:00:00Z");
  private static final JsonMapper MAPPER = EventJson.mapper();

  /** What warehouses and books would say: per location, per reservation, and in total. */
  private static final class Ledger {
    private final Map<LocationId, Integer> onHand = new HashMap<>();
    private final Map<LocationId, Integer> held = new HashMap<>();
    private final Map<ReservationId, Integer> openUnits = new HashMap<>();
    private final Map<ReservationId, Instant> openUntil = new HashMap<>();
    private final Map<ReservationId, ReservationEnd> ends = new HashMap<>();
    private int arrived;
    private int sold;

    void book(StockEvent event) {
      switch (event) {
        case StockReceived e -> arrive(e.location(), e.quantity());
        case OpeningStockRecorded e -> arrive(e.location(), e.quantity());
        case StockAdjusted e -> arrive(e.location(), e.delta());
        case StockPolicySet e -> assertThat(e.policy().oversellAllowance()).isZero();
        case StockReserved e -> {
          assertThat(openUnits).doesNotContainKey(e.reservationId());
          assertThat(ends).doesNotContainKey(e.reservationId());
          openUnits.put(e.reservationId(), sum(e.allocations()));
          openUntil.put(e.reservationId(), e.expiresAt());
          e.allocations().forEach(a -> held.merge(a.location(), a.quantity(), Integer::sum));
        }
        case ReservationConfirmed e -> {
          end(e.reservationId(), e.allocations(), ReservationEnd.CONFIRMED);
          e.allocations().forEach(a -> onHand.merge(a.location(), -a.quantity(), Integer::sum));
          sold += sum(e.allocations());
        }
        case ReservationReleased e ->
            end(e.reservationId(), e.allocations(), ReservationEnd.RELEASED);
        case ReservationExpired e ->
            end(e.reservationId(), e.allocations(), ReservationEnd.EXPIRED);
        case UnitsReturned e -> {
          assertThat(ends.get(e.reservationId()))
              .isIn(null, ReservationEnd.CONFIRMED)
              .isNotEqualTo(ReservationEnd.RETURNED);
          ends.put(e.reservationId(), ReservationEnd.RETURNED);
          e.allocations().forEach(a -> onHand.merge(a.location(), a.quantity(), Integer::sum));
          sold -= sum(e.allocations());
        }
      }
    }

    private void arrive(LocationId location, int units) {
      onHand.merge(location, units, Integer::sum);
      arrived += units;
    }

    private void end(ReservationId id, List<Allocation> allocations, ReservationEnd how) {
      assertThat(openUnits.remove(id)).isEqualTo(sum(allocations));
      openUntil.remove(id);
      assertThat(ends.put(id, how)).isNull();
      allocations.forEach(a -> held.merge(a.location(), -a.quantity(), Integer::sum));
    }

    private static int sum(List<Allocation> allocations) {
      return allocations.stream().mapToInt(Allocation::quantity).sum();
    }

    private static int total(Map<LocationId, Integer> units) {
      return units.values().stream().mapToInt(Integer::intValue).sum();
    }
  }

  @Property(tries = 300)
  void keepsEveryPromise(@ForAll("commands") List<StockCommand<?>> commands) {
    var ledger = new Ledger();
    var state = new StockState();
    var events = new ArrayList<StockEvent>();

    for (var command : commands) {
      var decision = decide(state, command);
      for (var event : decision.events()) {
        ledger.book(event);
        state.apply(event);
        events.add(event);
      }
      var answer = decision.answer().apply(state);

      assertThat(state.onHand()).isEqualTo(Ledger.total(ledger.onHand));
      assertThat(state.reserved()).isEqualTo(Ledger.total(ledger.held));
      assertThat(state.sold()).isEqualTo(ledger.sold).isNotNegative();
      assertThat(ledger.arrived).isEqualTo(Ledger.total(ledger.onHand) + ledger.sold);
      for (var location : ledger.onHand.keySet()) {
        var held = ledger.held.getOrDefault(location, 0);
        assertThat(held).isBetween(0, ledger.onHand.get(location));
        assertThat(state.free(location)).isEqualTo(ledger.onHand.get(location) - held);
      }
      assertThat(state.openCount()).isEqualTo(ledger.openUnits.size());
      assertThat(state.nextExpiry())
          .isEqualTo(ledger.openUntil.values().stream().min(Instant::compareTo).orElse(null));
      if (command instanceof ConfirmReservation confirm
          && answer instanceof Result.Accepted<?> accepted
          && !accepted.repeated()) {
        assertThat(((StockReserved) reservedBy(events, confirm.reservationId())).expiresAt())
            .isAfter(confirm.at());
      }

      // The same command again: nothing is recorded, and a success stays one.
      var again = decide(state, command);
      assertThat(again.events()).isEmpty();
      if (answer instanceof Result.Accepted<?>) {
        assertThat(again.answer().apply(state))
            .isInstanceOfSatisfying(
                Result.Accepted.class, repeat -> assertThat(repeat.repeated()).isTrue());
      }
    }

    var sourced = new StockState();
    events.forEach(sourced::apply);
    assertThat(sourced).isEqualTo(state);
    assertThat(StockState.of(state.toSnapshot())).isEqualTo(state);
  }

  @Property(tries = 100)
  void goesOnFromASnapshotAsIfThereWereNone(
      @ForAll("commands") List<StockCommand<?>> before,
      @ForAll("commands") List<StockCommand<?>> after) {
    var inventory = new SkuInventory();
    var state = new StockState();
    for (var command : before) {
      for (var event : decide(state, command).events()) {
        state.apply(event);
        inventory.on(event);
      }
    }

    var json = MAPPER.writeValueAsString(inventory);
    var restored = MAPPER.readValue(json, SkuInventory.class);

    assertThat(MAPPER.writeValueAsString(restored)).isEqualTo(json);
    var copy = MAPPER.readValue(MAPPER.writeValueAsString(state), StockState.class);
    assertThat(copy).isEqualTo(state);
    for (var command : after) {
      var fromState = decide(state, command);
      var fromCopy = decide(copy, command);
      assertThat(fromCopy.events()).isEqualTo(fromState.events());
      fromState.events().forEach(state::apply);
      fromCopy.events().forEach(copy::apply);
      assertThat(answer(fromCopy, copy)).isEqualTo(answer(fromState, state));
    }
    assertThat(copy).isEqualTo(state);
  }

  private static Object answer(Decision<?> decision, StockState state) {
    return decision.answer().apply(state);
  }

  private static StockEvent reservedBy(List<StockEvent> events, ReservationId id) {
    return events.stream()
        .filter(e -> e instanceof StockReserved r && r.reservationId().equals(id))
        .findFirst()
        .orElseThrow();
  }

  private static Decision<?> decide(StockState state, StockCommand<?> command) {
    return switch (command) {
      case ReceiveStock c -> StockDecisions.receive(state, c);
      case RecordOpeningStock c -> StockDecisions.open(state, c);
      case AdjustStock c -> StockDecisions.adjust(state, c);
      case SetStockPolicy c -> StockDecisions.setPolicy(state, c);
      case ReserveStock c -> StockDecisions.reserve(state, c);
      case ConfirmReservation c -> StockDecisions.confirm(state, c);
      case ReleaseReservation c -> StockDecisions.release(state, c);
      case ReturnUnits c -> StockDecisions.takeBack(state, c);
      case ExpireReservations c -> StockDecisions.expire(state, c);
    };
  }

  @Provide
  Arbitrary<List<StockCommand<?>>> commands() {
    var locations = Arbitraries.of("hull", "york", "leeds").map(LocationId::new);
    var keys = Arbitraries.integers().between(1, 40).map(i -> new CommandId("key-" + i));
    var orders = Arbitraries.integers().between(1, 12).map(i -> new OrderId("ord-" + i));
    var units = Arbitraries.integers().between(1, 9);
    var times = Arbitraries.integers().between(0, 60).map(START::plusSeconds);
    Arbitrary<StockCommand<?>> receive =
        Combinators.combine(keys, locations, units)
            .as((k, l, n) -> new ReceiveStock(SKU, k, l, n, null));
    Arbitrary<StockCommand<?>> open =
        Combinators.combine(locations, units).as((l, n) -> new RecordOpeningStock(SKU, l, n));
    Arbitrary<StockCommand<?>> adjust =
        Combinators.combine(keys, locations, Arbitraries.integers().between(-9, 9))
            .as((k, l, n) -> new AdjustStock(SKU, k, l, n, "recount"));
    Arbitrary<StockCommand<?>> policy =
        Combinators.combine(
                Arbitraries.integers().between(0, 3), units, Arbitraries.of(Sourcing.values()))
            .as(
                (safety, seconds, sourcing) ->
                    new SetStockPolicy(
                        SKU, new StockPolicy(Duration.ofSeconds(seconds), safety, 0, sourcing)));
    Arbitrary<SourcingFacts> facts =
        Combinators.combine(locations.list().ofMaxSize(3), locations.set(), locations.set())
            .as(SourcingFacts::new);
    Arbitrary<StockCommand<?>> reserve =
        Combinators.combine(orders, units, times, facts)
            .as(
                (o, n, t, f) ->
                    new ReserveStock(
                        SKU, ReservationId.of(o, SKU), o, n, Duration.ofSeconds(20), t, f));
    Arbitrary<StockCommand<?>> confirm =
        Combinators.combine(orders, times)
            .as((o, t) -> new ConfirmReservation(SKU, ReservationId.of(o, SKU), t));
    Arbitrary<StockCommand<?>> release =
        orders.map(o -> new ReleaseReservation(SKU, ReservationId.of(o, SKU), "cancelled"));
    Arbitrary<StockCommand<?>> takeBack =
        Combinators.combine(orders, locations, units)
            .as(
                (o, l, n) ->
                    new ReturnUnits(
                        SKU,
                        ReservationId.of(o, SKU),
                        o,
                        List.of(new Allocation(l, n)),
                        "undone",
                        null));
    Arbitrary<StockCommand<?>> expire = times.map(t -> new ExpireReservations(SKU, t));
    return Arbitraries.frequencyOf(
            Tuple.of(4, receive),
            Tuple.of(2, open),
            Tuple.of(3, adjust),
            Tuple.of(1, policy),
            Tuple.of(8, reserve),
            Tuple.of(5, confirm),
            Tuple.of(3, release),
            Tuple.of(2, takeBack),
            Tuple.of(1, expire))
        .list()
        .ofMinSize(1)
        .ofMaxSize(60);
  }
}
