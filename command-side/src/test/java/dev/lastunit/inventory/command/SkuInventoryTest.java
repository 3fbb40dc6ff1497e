package dev.lastunit.inventory.command;

import static dev.lastunit.shared.api.Result.accepted;
import static dev.lastunit.shared.api.Result.repeated;
import static org.assertj.core.api.Assertions.assertThat;
import static org.axonframework.test.matchers.Matchers.matches;

import dev.lastunit.inventory.api.Reservation;
import dev.lastunit.inventory.api.Sourcing;
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
import dev.lastunit.inventory.api.StockLevel;
import dev.lastunit.inventory.api.StockPolicy;
import dev.lastunit.shared.api.Allocation;
import dev.lastunit.shared.api.CommandId;
import dev.lastunit.shared.api.ErrorCode;
import dev.lastunit.shared.api.LocationId;
import dev.lastunit.shared.api.OrderId;
import dev.lastunit.shared.api.ReservationId;
import dev.lastunit.shared.api.Result;
import dev.lastunit.shared.api.ReturnId;
import dev.lastunit.shared.api.Sku;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.axonframework.test.aggregate.AggregateTestFixture;
import org.axonframework.test.aggregate.ResultValidator;
import org.axonframework.test.aggregate.TestExecutor;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Every rule of one SKU's stock, each with its refusal, its repeat and its boundary. */
class SkuInventoryTest {

  private static final Sku SKU = new Sku("85123A");
  private static final LocationId HULL = new LocationId("hull");
  private static final LocationId YORK = new LocationId("york");
  private static final OrderId ORDER_A = new OrderId("ord-aaaaaaaaaaaaaaaaaaaaaaaaaa");
  private static final OrderId ORDER_B = new OrderId("ord-bbbbbbbbbbbbbbbbbbbbbbbbbb");
  private static final ReservationId RES_A = ReservationId.of(ORDER_A, SKU);
  private static final ReservationId RES_B = ReservationId.of(ORDER_B, SKU);
  private static final CommandId KEY_1 = new CommandId("key-1");
  private static final CommandId KEY_2 = new CommandId("key-2");
  private static final Instant NOON = Instant.parse("2026-11-27T12:00:00Z");
  private static final Duration TTL = Duration.ofMinutes(15);
  private static final Instant NOON_EXPIRY = NOON.plus(TTL);

  private AggregateTestFixture<SkuInventory> fixture;

  @BeforeEach
  void createFixture() {
    fixture = new AggregateTestFixture<>(SkuInventory.class);
  }

  // Receipts

  @Test
  void receivesTheFirstUnits() {
    unknown()
        .when(receive(KEY_1, HULL, 5))
        .expectEvents(received(KEY_1, HULL, 5))
        .expectResultMessagePayload(accepted(new StockLevel(5, 0, 5, 0)));
  }

  @Test
  void countsARepeatedReceiptOnce() {
    given(received(KEY_1, HULL, 5))
        .when(receive(KEY_1, HULL, 5))
        .expectNoEvents()
        .expectResultMessagePayload(repeated(new StockLevel(5, 0, 5, 0)));
  }

  @Test
  void refusesTheKeyOfAnotherReceipt() {
    refused(
        given(received(KEY_1, HULL, 5)).when(receive(KEY_1, HULL, 6)),
        ErrorCode.IDEMPOTENCY_KEY_REUSED,
        Map.of());
  }

  @Test
  void refusesTheKeyOfAnAdjustmentForAReceipt() {
    refused(
        given(received(KEY_1, HULL, 5), adjusted(KEY_2, HULL, 5))
            .when(new ReceiveStock(SKU, KEY_2, HULL, 5, "recount")),
        ErrorCode.IDEMPOTENCY_KEY_REUSED,
        Map.of());
  }

  @Test
  void receivesASecondTimeWithAnotherKey() {
    given(received(KEY_1, HULL, 5))
        .when(receive(KEY_2, YORK, 1))
        .expectEvents(received(KEY_2, YORK, 1))
        .expectResultMessagePayload(accepted(new StockLevel(6, 0, 6, 0)));
  }

  @Test
  void refusesAReceiptOfNothing() {
    refused(unknownAndStaysSo().when(receive(KEY_1, HULL, 0)), ErrorCode.INVALID_FIELD, Map.of());
  }

  @Test
  void receivesUpToTheLargestTotal() {
    given(received(KEY_1, HULL, Integer.MAX_VALUE - 1))
        .when(receive(KEY_2, YORK, 1))
        .expectEvents(received(KEY_2, YORK, 1))
        .expectResultMessagePayload(
            accepted(new StockLevel(Integer.MAX_VALUE, 0, Integer.MAX_VALUE, 0)));
  }

  @Test
  void refusesToOverflowTheTotal() {
    refused(
        given(received(KEY_1, HULL, Integer.MAX_VALUE - 1)).when(receive(KEY_2, YORK, 2)),
        ErrorCode.AMOUNT_TOO_LARGE,
        Map.of());
  }

  @Test
  void forgetsTheEldestReceiptOnly() {
    var events =
        Stream.iterate(0, i -> i <= StockState.COMMANDS_REMEMBERED, i -> i + 1)
            .map(i -> received(new CommandId("key-" + i), HULL, 1))
            .toList();

    var state = fold(events);

    assertThat(state.fingerprint(new CommandId("key-0"))).isNull();
    assertThat(state.fingerprint(new CommandId("key-1"))).isNotNull();
  }

  // Opening stock

  @Test
  void recordsOpeningStock() {
    unknown()
        .when(new RecordOpeningStock(SKU, HULL, 7))
        .expectEvents(new OpeningStockRecorded(SKU, HULL, 7))
        .expectResultMessagePayload(accepted(new StockLevel(7, 0, 7, 0)));
  }

  @Test
  void recordsThatALocationOpensEmpty() {
    unknown()
        .when(new RecordOpeningStock(SKU, HULL, 0))
        .expectEvents(new OpeningStockRecorded(SKU, HULL, 0))
        .expectResultMessagePayload(accepted(new StockLevel(0, 0, 0, 0)));
  }

  @Test
  void opensALocationOnceWhateverTheQuantity() {
    given(new OpeningStockRecorded(SKU, HULL, 7))
        .when(new RecordOpeningStock(SKU, HULL, 8))
        .expectNoEvents()
        .expectResultMessagePayload(repeated(new StockLevel(7, 0, 7, 0)));
  }

  @Test
  void opensALocationThatHasReceivedBefore() {
    given(received(KEY_1, HULL, 5))
        .when(new RecordOpeningStock(SKU, HULL, 7))
        .expectEvents(new OpeningStockRecorded(SKU, HULL, 7))
        .expectResultMessagePayload(accepted(new StockLevel(12, 0, 12, 0)));
  }

  @Test
  void opensAnotherLocation() {
    given(new OpeningStockRecorded(SKU, HULL, 7))
        .when(new RecordOpeningStock(SKU, YORK, 8))
        .expectEvents(new OpeningStockRecorded(SKU, YORK, 8));
  }

  @Test
  void refusesNegativeOpeningStock() {
    refused(
        unknownAndStaysSo().when(new RecordOpeningStock(SKU, HULL, -1)),
        ErrorCode.INVALID_FIELD,
        Map.of());
  }

  @Test
  void refusesOpeningStockThatOverflows() {
    refused(
        given(received(KEY_1, HULL, 1)).when(new RecordOpeningStock(SKU, YORK, Integer.MAX_VALUE)),
        ErrorCode.AMOUNT_TOO_LARGE,
        Map.of());
  }

  // Adjustments

  @Test
  void adjustsDownToTheReservedUnits() {
    given(received(KEY_1, HULL, 5), reserved(RES_A, ORDER_A, at(HULL, 3)))
        .when(adjust(KEY_2, HULL, -2))
        .expectEvents(adjusted(KEY_2, HULL, -2))
        .expectResultMessagePayload(accepted(new StockLevel(3, 3, 0, 0)));
  }

  @Test
  void refusesToTakeReservedUnits() {
    refused(
        given(received(KEY_1, HULL, 5), reserved(RES_A, ORDER_A, at(HULL, 3)))
            .when(adjust(KEY_2, HULL, -3)),
        ErrorCode.INSUFFICIENT_STOCK,
        Map.of("onHand", 5L, "reserved", 3L));
  }

  @Test
  void refusesToTakeTheUnitsOfAnotherLocation() {
    refused(
        given(received(KEY_1, HULL, 5)).when(adjust(KEY_2, YORK, -1)),
        ErrorCode.INSUFFICIENT_STOCK,
        Map.of("onHand", 0L, "reserved", 0L));
  }

  @Test
  void refusesToTakeFromAnUnknownSku() {
    refused(
        unknownAndStaysSo().when(adjust(KEY_1, HULL, -1)),
        ErrorCode.INSUFFICIENT_STOCK,
        Map.of("onHand", 0L, "reserved", 0L));
  }

  @Test
  void findsUnitsOfAnUnknownSku() {
    unknown().when(adjust(KEY_1, HULL, 2)).expectEvents(adjusted(KEY_1, HULL, 2));
  }

  @Test
  void adjustsOnceForARepeat() {
    given(received(KEY_1, HULL, 5), adjusted(KEY_2, HULL, -2))
        .when(adjust(KEY_2, HULL, -2))
        .expectNoEvents()
        .expectResultMessagePayload(repeated(new StockLevel(3, 0, 3, 0)));
  }

  @Test
  void refusesAnAdjustmentByNothing() {
    refused(
        given(received(KEY_1, HULL, 5)).when(adjust(KEY_2, HULL, 0)),
        ErrorCode.INVALID_FIELD,
        Map.of());
  }

  @Test
  void refusesAnAdjustmentThatOverflows() {
    refused(
        given(received(KEY_1, HULL, 1)).when(adjust(KEY_2, HULL, Integer.MAX_VALUE)),
        ErrorCode.AMOUNT_TOO_LARGE,
        Map.of());
  }

  @Test
  void refusesTheLargestNegativeAdjustment() {
    refused(
        given(received(KEY_1, HULL, 1)).when(adjust(KEY_2, HULL, Integer.MIN_VALUE)),
        ErrorCode.INSUFFICIENT_STOCK,
        Map.of("onHand", 1L, "reserved", 0L));
  }

  // Policy

  @Test
  void setsAPolicyBeforeThereIsStock() {
    var policy = new StockPolicy(Duration.ofSeconds(4), 2, 0, Sourcing.PRIORITY);

    unknown()
        .when(new SetStockPolicy(SKU, policy))
        .expectEvents(new StockPolicySet(SKU, policy))
        .expectResultMessagePayload(accepted(new StockLevel(0, 0, 0, 0)));
  }

  @Test
  void recordsAnUnchangedPolicyOnce() {
    var policy = new StockPolicy(Duration.ofSeconds(4), 2, 0, Sourcing.PRIORITY);

    given(new StockPolicySet(SKU, policy))
        .when(new SetStockPolicy(SKU, policy))
        .expectNoEvents()
        .expectResultMessagePayload(repeated(new StockLevel(0, 0, 0, 0)));
  }

  @ParameterizedTest
  @MethodSource("policiesInBounds")
  void acceptsPoliciesInBounds(StockPolicy policy) {
    given(received(KEY_1, HULL, 5))
        .when(new SetStockPolicy(SKU, policy))
        .expectEvents(new StockPolicySet(SKU, policy));
  }

  static Stream<StockPolicy> policiesInBounds() {
    return Stream.of(
        new StockPolicy(Duration.ofSeconds(1), 0, 0, Sourcing.PRIORITY),
        new StockPolicy(Duration.ofDays(30), 0, 0, Sourcing.PRIORITY),
        new StockPolicy(null, Integer.MAX_VALUE, 0, Sourcing.PRIORITY),
        new StockPolicy(null, 0, 0, Sourcing.NEAREST),
        new StockPolicy(null, 0, 0, Sourcing.FEWEST_SHIPMENTS));
  }

  @ParameterizedTest
  @MethodSource("policiesOutOfBounds")
  void refusesPoliciesOutOfBounds(StockPolicy policy) {
    refused(
        given(received(KEY_1, HULL, 5)).when(new SetStockPolicy(SKU, policy)),
        ErrorCode.INVALID_FIELD,
        Map.of());
  }

  static Stream<StockPolicy> policiesOutOfBounds() {
    return Stream.of(
        new StockPolicy(Duration.ofMillis(999), 0, 0, Sourcing.PRIORITY),
        new StockPolicy(Duration.ofDays(30).plusMillis(1), 0, 0, Sourcing.PRIORITY),
        new StockPolicy(null, -1, 0, Sourcing.PRIORITY),
        new StockPolicy(null, 0, 1, Sourcing.PRIORITY),
        new StockPolicy(null, 0, -1, Sourcing.PRIORITY),
        new StockPolicy(null, 0, 0, null));
  }

  // Reserve

  @Test
  void reservesTheLastUnit() {
    given(received(KEY_1, HULL, 3))
        .when(reserve(RES_A, ORDER_A, 3))
        .expectEvents(reserved(RES_A, ORDER_A, at(HULL, 3)))
        .expectResultMessagePayload(
            accepted(new Reservation(RES_A, List.of(at(HULL, 3)), NOON_EXPIRY)));
  }

  @Test
  void refusesOneUnitMoreThanThereAre() {
    refused(
        given(received(KEY_1, HULL, 3)).when(reserve(RES_A, ORDER_A, 4)),
        ErrorCode.OUT_OF_STOCK,
        Map.of("available", 3));
  }

  @Test
  void refusesUnitsThatAreReservedForOthers() {
    refused(
        given(received(KEY_1, HULL, 3), reserved(RES_A, ORDER_A, at(HULL, 2)))
            .when(reserve(RES_B, ORDER_B, 2)),
        ErrorCode.OUT_OF_STOCK,
        Map.of("available", 1));
  }

  @Test
  void refusesAnUnknownSkuWithoutATrace() {
    refused(
        unknownAndStaysSo().when(reserve(RES_A, ORDER_A, 1)),
        ErrorCode.OUT_OF_STOCK,
        Map.of("available", 0));
  }

  @Test
  void refusesToReserveNothing() {
    refused(
        given(received(KEY_1, HULL, 3)).when(reserve(RES_A, ORDER_A, 0)),
        ErrorCode.INVALID_FIELD,
        Map.of());
  }

  @Test
  void takesUnitsFromTheLocationsInTheOrderInWhichTheyFirstHeldTheSku() {
    given(received(KEY_1, YORK, 2), received(KEY_2, HULL, 9))
        .when(reserve(RES_A, ORDER_A, 3))
        .expectEvents(reserved(RES_A, ORDER_A, at(YORK, 2), at(HULL, 1)));
  }

  @Test
  void leavesOutLocationsWithoutFreeUnits() {
    given(received(KEY_1, YORK, 2), received(KEY_2, HULL, 9), reserved(RES_A, ORDER_A, at(YORK, 2)))
        .when(reserve(RES_B, ORDER_B, 1))
        .expectEvents(reserved(RES_B, ORDER_B, at(HULL, 1)));
  }

  @Test
  void neverPromisesSafetyStock() {
    var policy = new StockPolicy(null, 2, 0, Sourcing.PRIORITY);

    refused(
        given(received(KEY_1, HULL, 3), new StockPolicySet(SKU, policy))
            .when(reserve(RES_A, ORDER_A, 2)),
        ErrorCode.OUT_OF_STOCK,
        Map.of("available", 1));
  }

  @Test
  void showsNoNegativeAvailability() {
    var policy = new StockPolicy(null, 9, 0, Sourcing.PRIORITY);

    refused(
        given(received(KEY_1, HULL, 3), new StockPolicySet(SKU, policy))
            .when(reserve(RES_A, ORDER_A, 1)),
        ErrorCode.OUT_OF_STOCK,
        Map.of("available", 0));
  }

  @Test
  void holdsUnitsForTheTimeOfThePolicy() {
    var policy = new StockPolicy(Duration.ofSeconds(4), 0, 0, Sourcing.PRIORITY);

    given(received(KEY_1, HULL, 3), new StockPolicySet(SKU, policy))
        .when(reserve(RES_A, ORDER_A, 1))
        .expectEvents(
            new StockReserved(SKU, RES_A, ORDER_A, List.of(at(HULL, 1)), NOON.plusSeconds(4)));
  }

  @Test
  void expiresAtWholeMilliseconds() {
    given(received(KEY_1, HULL, 3))
        .when(new ReserveStock(SKU, RES_A, ORDER_A, 1, TTL, NOON.plusNanos(1_999_999)))
        .expectEvents(
            new StockReserved(
                SKU, RES_A, ORDER_A, List.of(at(HULL, 1)), NOON_EXPIRY.plusMillis(1)));
  }

  @Test
  void answersARepeatedReservationWithTheFirst() {
    given(received(KEY_1, HULL, 3), reserved(RES_A, ORDER_A, at(HULL, 2)))
        .when(new ReserveStock(SKU, RES_A, ORDER_A, 2, TTL, NOON.plusSeconds(9)))
        .expectNoEvents()
        .expectResultMessagePayload(
            repeated(new Reservation(RES_A, List.of(at(HULL, 2)), NOON_EXPIRY)));
  }

  @Test
  void refusesAnOpenReservationForAnotherQuantityOrOrder() {
    refused(
        given(received(KEY_1, HULL, 3), reserved(RES_A, ORDER_A, at(HULL, 2)))
            .when(reserve(RES_A, ORDER_A, 1)),
        ErrorCode.INVALID_TRANSITION,
        Map.of());
    createFixture();
    refused(
        given(received(KEY_1, HULL, 3), reserved(RES_A, ORDER_A, at(HULL, 2)))
            .when(reserve(RES_A, ORDER_B, 2)),
        ErrorCode.INVALID_TRANSITION,
        Map.of());
  }

  @Test
  void refusesWhatSoldAndReservedTogetherCouldNotCount() {
    var everything = at(HULL, Integer.MAX_VALUE);

    refused(
        given(
                received(KEY_1, HULL, Integer.MAX_VALUE),
                reserved(RES_A, ORDER_A, everything),
                new ReservationConfirmed(SKU, RES_A, ORDER_A, List.of(everything)),
                received(KEY_2, HULL, 1))
            .when(reserve(RES_B, ORDER_B, 1)),
        ErrorCode.AMOUNT_TOO_LARGE,
        Map.of());
  }

  // How a reservation in each state answers each command

  private enum Stage {
    UNKNOWN,
    OPEN,
    OVERDUE,
    CONFIRMED,
    RELEASED,
    EXPIRED,
    RETURNED
  }

  private record Row(
      Stage stage, StockCommand<?> command, List<StockEvent> events, Result<?> answer) {
    @Override
    public String toString() {
      return stage + " " + command.getClass().getSimpleName();
    }
  }

  @ParameterizedTest
  @MethodSource("rows")
  void answersEveryCommandInEveryStage(Row row) {
    fixture
        .given(history(row.stage()))
        .when(row.command())
        .expectSuccessfulHandlerExecution()
        .expectEvents(row.events().toArray())
        .expectResultMessagePayload(row.answer());
  }

  static Stream<Row> rows() {
    var held = new Reservation(RES_A, List.of(at(HULL, 2)), NOON_EXPIRY);
    return Stream.of(Stage.values())
        .flatMap(
            stage -> {
              var late = stage == Stage.OVERDUE;
              var now = late ? NOON_EXPIRY : NOON_EXPIRY.minusMillis(1);
              var expired = new ReservationExpired(SKU, RES_A, ORDER_A, held.allocations());
              var confirm = new ConfirmReservation(SKU, RES_A, now);
              var reserve = new ReserveStock(SKU, RES_A, ORDER_A, 2, TTL, now);
              var release = new ReleaseReservation(SKU, RES_A, "cancelled");
              var takeBack =
                  new ReturnUnits(SKU, RES_A, ORDER_A, held.allocations(), "undone", null);
              var expire = new ExpireReservations(SKU, now);
              var newHeld = new Reservation(RES_A, held.allocations(), now.plus(TTL));
              return Stream.of(
                  switch (stage) {
                    case UNKNOWN ->
                        row(
                            stage,
                            reserve,
                            accepted(newHeld),
                            new StockReserved(
                                SKU, RES_A, ORDER_A, held.allocations(), newHeld.expiresAt()));
                    case OPEN -> row(stage, reserve, repeated(held));
                    case OVERDUE -> row(stage, reserve, ended("EXPIRED"), expired);
                    default -> row(stage, reserve, ended(stage.name()));
                  },
                  switch (stage) {
                    case UNKNOWN ->
                        row(
                            stage,
                            confirm,
                            Result.refused(ErrorCode.NOT_FOUND, "There is no such reservation"));
                    case OPEN ->
                        row(
                            stage,
                            confirm,
                            accepted(held),
                            new ReservationConfirmed(SKU, RES_A, ORDER_A, held.allocations()));
                    case OVERDUE -> row(stage, confirm, ended("EXPIRED"), expired);
                    case CONFIRMED -> row(stage, confirm, repeated(held));
                    default -> row(stage, confirm, ended(stage.name()));
                  },
                  switch (stage) {
                    case OPEN, OVERDUE ->
                        row(
                            stage,
                            release,
                            accepted(null),
                            new ReservationReleased(
                                SKU, RES_A, ORDER_A, held.allocations(), "cancelled"));
                    case CONFIRMED -> row(stage, release, ended("CONFIRMED"));
                    default -> row(stage, release, repeated(null));
                  },
                  switch (stage) {
                    case UNKNOWN ->
                        row(
                            stage,
                            takeBack,
                            Result.refused(ErrorCode.NOT_FOUND, "So many units were never sold"));
                    case OPEN, OVERDUE ->
                        row(
                            stage,
                            takeBack,
                            Result.refused(
                                ErrorCode.INVALID_TRANSITION,
                                "The reservation has not been confirmed: release it"));
                    case CONFIRMED ->
                        row(
                            stage,
                            takeBack,
                            accepted(new StockLevel(3, 0, 3, 0)),
                            new UnitsReturned(
                                SKU, RES_A, ORDER_A, held.allocations(), "undone", null));
                    case RETURNED -> row(stage, takeBack, repeated(new StockLevel(3, 0, 3, 0)));
                    default -> row(stage, takeBack, ended(stage.name()));
                  },
                  switch (stage) {
                    case OPEN -> row(stage, expire, repeated(NOON_EXPIRY));
                    case OVERDUE -> row(stage, expire, accepted(null), expired);
                    default -> row(stage, expire, repeated(null));
                  });
            });
  }

  private static Row row(
      Stage stage, StockCommand<?> command, Result<?> answer, StockEvent... events) {
    return new Row(stage, command, List.of(events), answer);
  }

  private static List<StockEvent> history(Stage stage) {
    var units = List.of(at(HULL, 2));
    var start = received(KEY_1, HULL, 3);
    var open = reserved(RES_A, ORDER_A, at(HULL, 2));
    var confirmed = new ReservationConfirmed(SKU, RES_A, ORDER_A, units);
    return switch (stage) {
      case UNKNOWN -> List.of(start);
      case OPEN, OVERDUE -> List.of(start, open);
      case CONFIRMED -> List.of(start, open, confirmed);
      case RELEASED ->
          List.of(start, open, new ReservationReleased(SKU, RES_A, ORDER_A, units, "cancelled"));
      case EXPIRED -> List.of(start, open, new ReservationExpired(SKU, RES_A, ORDER_A, units));
      case RETURNED ->
          List.of(
              start,
              open,
              confirmed,
              new UnitsReturned(SKU, RES_A, ORDER_A, units, "undone", null));
    };
  }

  @ParameterizedTest
  @MethodSource("commandsThatFindNothing")
  void leavesNoStreamForAnUnknownSku(StockCommand<?> command, Result<?> answer) {
    unknownAndStaysSo().when(command).expectNoEvents().expectResultMessagePayload(answer);
  }

  static Stream<Arguments> commandsThatFindNothing() {
    return Stream.of(
        Arguments.of(
            new ConfirmReservation(SKU, RES_A, NOON),
            Result.refused(ErrorCode.NOT_FOUND, "There is no such reservation")),
        Arguments.of(new ReleaseReservation(SKU, RES_A, "cancelled"), repeated(null)),
        Arguments.of(
            new ReturnUnits(SKU, RES_A, ORDER_A, List.of(at(HULL, 1)), "undone", null),
            Result.refused(ErrorCode.NOT_FOUND, "So many units were never sold")),
        Arguments.of(new ExpireReservations(SKU, NOON), repeated(null)),
        Arguments.of(
            new SetStockPolicy(SKU, StockPolicy.DEFAULT), repeated(new StockLevel(0, 0, 0, 0))));
  }

  // Totals after endings

  @Test
  void sellsWhatWasConfirmed() {
    var state = fold(history(Stage.CONFIRMED));

    assertThat(state.level()).isEqualTo(new StockLevel(1, 0, 1, 2));
  }

  @Test
  void givesBackWhatWasReleasedOrExpired() {
    assertThat(fold(history(Stage.RELEASED)).level()).isEqualTo(new StockLevel(3, 0, 3, 0));
    assertThat(fold(history(Stage.EXPIRED)).level()).isEqualTo(new StockLevel(3, 0, 3, 0));
    assertThat(fold(history(Stage.RETURNED)).level()).isEqualTo(new StockLevel(3, 0, 3, 0));
  }

  // Return

  @Test
  void refusesToReturnOtherUnitsThanWereConfirmed() {
    refused(
        fixture
            .given(history(Stage.CONFIRMED))
            .when(new ReturnUnits(SKU, RES_A, ORDER_A, List.of(at(HULL, 1)), "undone", null)),
        ErrorCode.INVALID_FIELD,
        Map.of());
  }

  @Test
  void refusesToReturnNothing() {
    refused(
        fixture
            .given(history(Stage.CONFIRMED))
            .when(new ReturnUnits(SKU, RES_B, ORDER_B, List.of(), "undone", null)),
        ErrorCode.INVALID_FIELD,
        Map.of());
  }

  @Test
  void returnsTheUnitsOfAForgottenReservation() {
    fixture
        .given(history(Stage.CONFIRMED))
        .when(new ReturnUnits(SKU, RES_B, ORDER_B, List.of(at(YORK, 2)), "undone", null))
        .expectEvents(new UnitsReturned(SKU, RES_B, ORDER_B, List.of(at(YORK, 2)), "undone", null))
        .expectResultMessagePayload(accepted(new StockLevel(3, 0, 3, 0)));
  }

  @Test
  void refusesToReturnMoreThanWasEverSold() {
    refused(
        fixture
            .given(history(Stage.CONFIRMED))
            .when(new ReturnUnits(SKU, RES_B, ORDER_B, List.of(at(HULL, 3)), "undone", null)),
        ErrorCode.NOT_FOUND,
        Map.of());
  }

  @Test
  void refusesAReturnThatOverflows() {
    refused(
        fixture
            .given(history(Stage.CONFIRMED))
            .andGiven(received(KEY_2, HULL, Integer.MAX_VALUE - 2))
            .when(new ReturnUnits(SKU, RES_A, ORDER_A, List.of(at(HULL, 2)), "undone", null)),
        ErrorCode.AMOUNT_TOO_LARGE,
        Map.of());
  }

  // Return by a buyer

  private static final ReturnId RETURN = new ReturnId("ret-1");
  private static final ReturnId OTHER_RETURN = new ReturnId("ret-2");

  private static ReturnUnits sentBack(ReturnId returnId, LocationId location, int units) {
    return new ReturnUnits(SKU, RES_A, ORDER_A, List.of(at(location, units)), "returned", returnId);
  }

  private static UnitsReturned cameBack(ReturnId returnId, LocationId location, int units) {
    return new UnitsReturned(
        SKU, RES_A, ORDER_A, List.of(at(location, units)), "returned", returnId);
  }

  @Test
  void takesBackAPartToAnyPlace() {
    fixture
        .given(history(Stage.CONFIRMED))
        .when(sentBack(RETURN, YORK, 1))
        .expectEvents(cameBack(RETURN, YORK, 1))
        .expectResultMessagePayload(accepted(new StockLevel(2, 0, 2, 1)));
  }

  @Test
  void takesBackEachReturnOnce() {
    fixture
        .given(history(Stage.CONFIRMED))
        .andGiven(cameBack(RETURN, YORK, 1))
        .when(sentBack(RETURN, YORK, 1))
        .expectNoEvents()
        .expectResultMessagePayload(repeated(new StockLevel(2, 0, 2, 1)));
    new AggregateTestFixture<>(SkuInventory.class)
        .given(history(Stage.CONFIRMED))
        .andGiven(cameBack(RETURN, YORK, 1))
        .when(sentBack(OTHER_RETURN, HULL, 1))
        .expectEvents(cameBack(OTHER_RETURN, HULL, 1));
  }

  @Test
  void takesBackNoMoreThanTheReservationHad() {
    refused(
        fixture
            .given(history(Stage.CONFIRMED))
            .andGiven(cameBack(RETURN, YORK, 1))
            .when(sentBack(OTHER_RETURN, HULL, 2)),
        ErrorCode.INVALID_FIELD,
        Map.of());
  }

  @Test
  void undoesNoOrderOfWhichUnitsWereSentBack() {
    refused(
        fixture
            .given(history(Stage.CONFIRMED))
            .andGiven(cameBack(RETURN, YORK, 1))
            .when(new ReturnUnits(SKU, RES_A, ORDER_A, List.of(at(HULL, 2)), "undone", null)),
        ErrorCode.INVALID_FIELD,
        Map.of());
  }

  @Test
  void takesNothingBackThatIsHeldOrWasReleased() {
    refused(
        fixture.given(history(Stage.OPEN)).when(sentBack(RETURN, YORK, 1)),
        ErrorCode.INVALID_TRANSITION,
        Map.of());
  }

  @Test
  void remembersReturnsInASnapshot() {
    var events = new ArrayList<>(history(Stage.CONFIRMED));
    events.add(cameBack(RETURN, YORK, 1));
    var state = fold(events);

    var restored = StockState.of(state.toSnapshot());

    assertThat(restored).isEqualTo(state);
    assertThat(restored.returned(RETURN)).isEqualTo(new StockState.Returned(RES_A, 1));
    assertThat(restored.returnedUnits(RES_A)).isEqualTo(1);
  }

  // Expiry

  @Test
  void expiresEverythingDueInOneCommitAndTellsTheNext() {
    var resC = new ReservationId("res-c");
    given(
            received(KEY_1, HULL, 3),
            new StockReserved(SKU, resC, ORDER_B, List.of(at(HULL, 1)), NOON.plusSeconds(3)),
            new StockReserved(SKU, RES_B, ORDER_B, List.of(at(HULL, 1)), NOON.plusSeconds(2)),
            new StockReserved(SKU, RES_A, ORDER_A, List.of(at(HULL, 1)), NOON.plusSeconds(1)))
        .when(new ExpireReservations(SKU, NOON.plusSeconds(2)))
        .expectEvents(
            new ReservationExpired(SKU, RES_A, ORDER_A, List.of(at(HULL, 1))),
            new ReservationExpired(SKU, RES_B, ORDER_B, List.of(at(HULL, 1))))
        .expectResultMessagePayload(accepted(NOON.plusSeconds(3)));
  }

  @Test
  void countsOverdueUnitsAsReservedUntilTheyExpire() {
    refused(
        given(received(KEY_1, HULL, 2), reserved(RES_A, ORDER_A, at(HULL, 2)))
            .when(new ReserveStock(SKU, RES_B, ORDER_B, 1, TTL, NOON_EXPIRY.plusSeconds(60))),
        ErrorCode.OUT_OF_STOCK,
        Map.of("available", 0));
  }

  @Test
  void keepsALateConfirmationRefusedEvenByAClockThatIsBehind() {
    fixture
        .given(history(Stage.OPEN))
        .andGivenCommands(new ConfirmReservation(SKU, RES_A, NOON_EXPIRY))
        .when(new ConfirmReservation(SKU, RES_A, NOON))
        .expectNoEvents()
        .expectResultMessagePayload(ended("EXPIRED"));
  }

  // Memory of ended reservations

  @Test
  void forgetsTheEldestEndingOnly() {
    var state = new StockState();
    state.apply(received(KEY_1, HULL, 1));
    for (int i = 0; i <= StockState.ENDED_REMEMBERED; i++) {
      var id = new ReservationId("res-" + i);
      state.apply(new StockReserved(SKU, id, ORDER_A, List.of(at(HULL, 1)), NOON_EXPIRY));
      state.apply(new ReservationReleased(SKU, id, ORDER_A, List.of(at(HULL, 1)), "cancelled"));
    }

    assertThat(state.ended(new ReservationId("res-0"))).isNull();
    assertThat(state.ended(new ReservationId("res-1"))).isNotNull();
    assertThat(state.level()).isEqualTo(new StockLevel(1, 0, 1, 0));
    assertThat(state.openCount()).isZero();
    assertThat(state.nextExpiry()).isNull();
  }

  private TestExecutor<SkuInventory> unknown() {
    return fixture.givenNoPriorActivity();
  }

  /**
   * An unknown SKU for a command that records nothing. The instance then has an identifier but no
   * stream, which the fixture would report as a state that cannot be recovered.
   */
  private TestExecutor<SkuInventory> unknownAndStaysSo() {
    fixture.setReportIllegalStateChange(false);
    return fixture.givenNoPriorActivity();
  }

  private TestExecutor<SkuInventory> given(StockEvent... events) {
    return fixture.given((Object[]) events);
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

  private static Result<?> ended(String end) {
    var text =
        switch (end) {
          case "CONFIRMED" -> "The reservation was confirmed";
          case "RELEASED" -> "The reservation was released";
          case "EXPIRED" -> "The reservation expired";
          default -> "The reservation's units were returned";
        };
    return Result.refused(ErrorCode.RESERVATION_ENDED, text, Map.of("end", end));
  }

  private static StockState fold(List<? extends StockEvent> events) {
    var state = new StockState();
    events.forEach(state::apply);
    return state;
  }

  private static Allocation at(LocationId location, int units) {
    return new Allocation(location, units);
  }

  private static ReceiveStock receive(CommandId id, LocationId location, int quantity) {
    return new ReceiveStock(SKU, id, location, quantity, "delivery 7");
  }

  private static StockReceived received(CommandId id, LocationId location, int quantity) {
    return new StockReceived(SKU, id, location, quantity, "delivery 7");
  }

  private static AdjustStock adjust(CommandId id, LocationId location, int delta) {
    return new AdjustStock(SKU, id, location, delta, "recount");
  }

  private static StockAdjusted adjusted(CommandId id, LocationId location, int delta) {
    return new StockAdjusted(SKU, id, location, delta, "recount");
  }

  private static ReserveStock reserve(ReservationId id, OrderId orderId, int quantity) {
    return new ReserveStock(SKU, id, orderId, quantity, TTL, NOON);
  }

  private static StockReserved reserved(
      ReservationId id, OrderId orderId, Allocation... allocations) {
    return new StockReserved(SKU, id, orderId, List.of(allocations), NOON_EXPIRY);
  }
}
