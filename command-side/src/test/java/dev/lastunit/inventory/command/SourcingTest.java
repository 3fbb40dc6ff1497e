package dev.lastunit.inventory.command;

import static org.axonframework.test.matchers.Matchers.matches;

import dev.lastunit.inventory.api.Sourcing;
import dev.lastunit.inventory.api.SourcingFacts;
import dev.lastunit.inventory.api.StockCommand.ReserveStock;
import dev.lastunit.inventory.api.StockEvent;
import dev.lastunit.inventory.api.StockEvent.StockPolicySet;
import dev.lastunit.inventory.api.StockEvent.StockReceived;
import dev.lastunit.inventory.api.StockEvent.StockReserved;
import dev.lastunit.inventory.api.StockPolicy;
import dev.lastunit.shared.api.Allocation;
import dev.lastunit.shared.api.CommandId;
import dev.lastunit.shared.api.ErrorCode;
import dev.lastunit.shared.api.LocationId;
import dev.lastunit.shared.api.OrderId;
import dev.lastunit.shared.api.ReservationId;
import dev.lastunit.shared.api.Result;
import dev.lastunit.shared.api.Sku;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.axonframework.test.aggregate.AggregateTestFixture;
import org.axonframework.test.aggregate.ResultValidator;
import org.axonframework.test.aggregate.TestExecutor;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Where the units of a reservation come from: Hull had the SKU first, then York, then Leeds. */
class SourcingTest {

  private static final Sku SKU = new Sku("85123A");
  private static final LocationId HULL = new LocationId("hull");
  private static final LocationId YORK = new LocationId("york");
  private static final LocationId LEEDS = new LocationId("leeds");
  private static final OrderId ORDER = new OrderId("ord-aaaaaaaaaaaaaaaaaaaaaaaaaa");
  private static final ReservationId RESERVATION = ReservationId.of(ORDER, SKU);
  private static final Instant NOON = Instant.parse("2026-11-27T12:00:00Z");
  private static final Duration TTL = Duration.ofMinutes(15);

  private AggregateTestFixture<SkuInventory> fixture;

  @BeforeEach
  void createFixture() {
    fixture = new AggregateTestFixture<>(SkuInventory.class);
  }

  // Priority

  @Test
  void priorityMindsNeitherDistanceNorShipments() {
    stocked(Sourcing.PRIORITY, 2, 9, 9)
        .when(reserve(3, facts(List.of(LEEDS), Set.of(), Set.of(LEEDS))))
        .expectEvents(reserved(at(HULL, 2), at(YORK, 1)));
  }

  @Test
  void priorityPassesOverAClosedLocation() {
    stocked(Sourcing.PRIORITY, 2, 9, 9)
        .when(reserve(3, facts(List.of(), Set.of(HULL), Set.of())))
        .expectEvents(reserved(at(YORK, 3)));
  }

  @Test
  void priorityNeedsNoPlan() {
    stocked(Sourcing.PRIORITY, 2, 9, 9)
        .when(reserve(3, facts(List.of(), Set.of(), null)))
        .expectEvents(reserved(at(HULL, 2), at(YORK, 1)));
  }

  // Nearest

  @Test
  void nearestTakesTheNearestFirst() {
    stocked(Sourcing.NEAREST, 9, 9, 2)
        .when(reserve(3, facts(List.of(LEEDS, YORK, HULL), Set.of(), null)))
        .expectEvents(reserved(at(LEEDS, 2), at(YORK, 1)));
  }

  @Test
  void nearestTakesPlacesOfUnknownDistanceLast() {
    stocked(Sourcing.NEAREST, 9, 9, 2)
        .when(reserve(3, facts(List.of(LEEDS), Set.of(), Set.of())))
        .expectEvents(reserved(at(LEEDS, 2), at(HULL, 1)));
  }

  @Test
  void nearestIsPriorityWhenNoDistanceIsKnown() {
    stocked(Sourcing.NEAREST, 2, 9, 9)
        .when(reserve(3, SourcingFacts.NONE))
        .expectEvents(reserved(at(HULL, 2), at(YORK, 1)));
  }

  @Test
  void nearestPassesOverAClosedLocation() {
    stocked(Sourcing.NEAREST, 9, 9, 2)
        .when(reserve(3, facts(List.of(LEEDS, YORK), Set.of(LEEDS), Set.of())))
        .expectEvents(reserved(at(YORK, 3)));
  }

  // Fewest shipments

  @Test
  void fewestShipmentsTakesTheOneLocationThatHasAll() {
    stocked(Sourcing.FEWEST_SHIPMENTS, 2, 2, 3)
        .when(reserve(3, SourcingFacts.NONE))
        .expectEvents(reserved(at(LEEDS, 3)));
  }

  @Test
  void fewestShipmentsTakesTheFirstOfThoseThatHaveAll() {
    stocked(Sourcing.FEWEST_SHIPMENTS, 2, 4, 9)
        .when(reserve(3, SourcingFacts.NONE))
        .expectEvents(reserved(at(YORK, 3)));
  }

  @Test
  void fewestShipmentsTakesTheNearestOfThoseThatHaveAll() {
    stocked(Sourcing.FEWEST_SHIPMENTS, 2, 4, 9)
        .when(reserve(3, facts(List.of(HULL, LEEDS), Set.of(), Set.of())))
        .expectEvents(reserved(at(LEEDS, 3)));
  }

  @Test
  void fewestShipmentsGoesWhereTheOrderIsShippedFromAnyway() {
    stocked(Sourcing.FEWEST_SHIPMENTS, 2, 2, 9)
        .when(reserve(4, facts(List.of(), Set.of(), Set.of(HULL, YORK))))
        .expectEvents(reserved(at(HULL, 2), at(YORK, 2)));
  }

  @Test
  void fewestShipmentsAddsAShipmentForOneUnitMore() {
    stocked(Sourcing.FEWEST_SHIPMENTS, 2, 2, 9)
        .when(reserve(5, facts(List.of(), Set.of(), Set.of(HULL, YORK))))
        .expectEvents(reserved(at(LEEDS, 5)));
  }

  @Test
  void fewestShipmentsSaysWhatEachLocationHasWhenThePlanIsMissing() {
    refused(
        stocked(Sourcing.FEWEST_SHIPMENTS, 2, 2, 3)
            .when(reserve(3, facts(List.of(), Set.of(YORK), null))),
        ErrorCode.PLAN_MISSING,
        Map.of("sources", List.of(at(HULL, 2), at(LEEDS, 3))));
  }

  @Test
  void fewestShipmentsNeedsNoPlanForOneLocation() {
    stocked(Sourcing.FEWEST_SHIPMENTS, 2, 2, 3)
        .when(reserve(3, facts(List.of(), Set.of(HULL, YORK), null)))
        .expectEvents(reserved(at(LEEDS, 3)));
  }

  @Test
  void tellsOfAShortageBeforeItAsksForAPlan() {
    refused(
        stocked(Sourcing.FEWEST_SHIPMENTS, 2, 2, 3)
            .when(reserve(8, facts(List.of(), Set.of(), null))),
        ErrorCode.OUT_OF_STOCK,
        Map.of("available", 7));
  }

  // Closed locations

  @Test
  void promisesTheLastUnitOfTheOpenLocations() {
    stocked(Sourcing.PRIORITY, 2, 2, 3)
        .when(reserve(2, facts(List.of(), Set.of(HULL, LEEDS), Set.of())))
        .expectEvents(reserved(at(YORK, 2)));
  }

  @Test
  void promisesNoUnitOfAClosedLocation() {
    refused(
        stocked(Sourcing.PRIORITY, 2, 2, 3)
            .when(reserve(3, facts(List.of(), Set.of(HULL, LEEDS), Set.of()))),
        ErrorCode.OUT_OF_STOCK,
        Map.of("available", 2));
  }

  @Test
  void hasNothingWhenEveryLocationIsClosed() {
    refused(
        stocked(Sourcing.NEAREST, 2, 2, 3)
            .when(reserve(1, facts(List.of(), Set.of(HULL, YORK, LEEDS), Set.of()))),
        ErrorCode.OUT_OF_STOCK,
        Map.of("available", 0));
  }

  @Test
  void keepsTheSafetyStockAtOpenLocations() {
    refused(
        fixture
            .given(
                received(HULL, 5),
                received(YORK, 3),
                new StockPolicySet(SKU, new StockPolicy(null, 2, 0, Sourcing.PRIORITY)))
            .when(reserve(2, facts(List.of(), Set.of(HULL), Set.of()))),
        ErrorCode.OUT_OF_STOCK,
        Map.of("available", 1));
  }

  @Test
  void answersARepeatWithTheFirstAllocationsWhateverHasClosedSince() {
    fixture
        .given(received(HULL, 5), received(YORK, 3), reserved(at(HULL, 2)))
        .when(reserve(2, facts(List.of(), Set.of(HULL), Set.of())))
        .expectNoEvents();
  }

  private TestExecutor<SkuInventory> stocked(Sourcing sourcing, int hull, int york, int leeds) {
    return fixture.given(
        received(HULL, hull),
        received(YORK, york),
        received(LEEDS, leeds),
        new StockPolicySet(SKU, new StockPolicy(null, 0, 0, sourcing)));
  }

  private static void refused(
      ResultValidator<SkuInventory> result, ErrorCode code, Map<String, Object> facts) {
    result
        .expectSuccessfulHandlerExecution()
        .expectNoEvents()
        .expectResultMessagePayloadMatching(
            matches(
                answer ->
                    answer instanceof Result.Refused<?> refusal
                        && refusal.code() == code
                        && refusal.facts().equals(facts)));
  }

  private static SourcingFacts facts(
      List<LocationId> nearest, Set<LocationId> closed, Set<LocationId> shipping) {
    return new SourcingFacts(nearest, closed, shipping);
  }

  private static ReserveStock reserve(int quantity, SourcingFacts facts) {
    return new ReserveStock(SKU, RESERVATION, ORDER, quantity, TTL, NOON, facts);
  }

  private static StockEvent received(LocationId location, int units) {
    return new StockReceived(SKU, new CommandId("receipt-" + location), location, units, null);
  }

  private static StockReserved reserved(Allocation... allocations) {
    return new StockReserved(SKU, RESERVATION, ORDER, List.of(allocations), NOON.plus(TTL));
  }

  private static Allocation at(LocationId location, int units) {
    return new Allocation(location, units);
  }
}
