package dev.lastunit.ordering.command;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.annotation.JsonAutoDetect.Visibility;
import dev.lastunit.ordering.api.OrderCommand;
import dev.lastunit.ordering.api.OrderCommand.CancelOrder;
import dev.lastunit.ordering.api.OrderCommand.ConfirmOrder;
import dev.lastunit.ordering.api.OrderCommand.FindPlacedOrder;
import dev.lastunit.ordering.api.OrderCommand.PlaceOrder;
import dev.lastunit.ordering.api.OrderCommand.RecordOrderDelivery;
import dev.lastunit.ordering.api.OrderCommand.RecordReservation;
import dev.lastunit.ordering.api.OrderCommand.RejectOrder;
import dev.lastunit.ordering.api.OrderCommand.ShipOrder;
import dev.lastunit.ordering.api.OrderEvent;
import dev.lastunit.ordering.api.OrderEvent.OrderCancelled;
import dev.lastunit.ordering.api.OrderEvent.OrderConfirmed;
import dev.lastunit.ordering.api.OrderEvent.OrderDelivered;
import dev.lastunit.ordering.api.OrderEvent.OrderPlaced;
import dev.lastunit.ordering.api.OrderEvent.OrderRejected;
import dev.lastunit.ordering.api.OrderEvent.OrderReserved;
import dev.lastunit.ordering.api.OrderEvent.OrderShipped;
import dev.lastunit.ordering.api.OrderLine;
import dev.lastunit.ordering.api.OrderState;
import dev.lastunit.ordering.api.OrderStatus;
import dev.lastunit.ordering.api.PaymentChoice;
import dev.lastunit.ordering.api.RejectionReason;
import dev.lastunit.ordering.api.ReservedLine;
import dev.lastunit.ordering.api.ShippingAddress;
import dev.lastunit.ordering.api.Shortage;
import dev.lastunit.shared.api.Allocation;
import dev.lastunit.shared.api.CartId;
import dev.lastunit.shared.api.CustomerId;
import dev.lastunit.shared.api.ErrorCode;
import dev.lastunit.shared.api.LocationId;
import dev.lastunit.shared.api.Money;
import dev.lastunit.shared.api.OrderId;
import dev.lastunit.shared.api.Result;
import dev.lastunit.shared.api.ShipmentId;
import dev.lastunit.shared.api.Sku;
import java.time.Instant;
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
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.json.JsonMapper;

/** The order is placed once, whatever is repeated, and comes to one end. */
class OrderTest {

  private static final OrderId ORDER = new OrderId("ord-1");
  private static final CustomerId BUYER = new CustomerId("buyer");
  private static final CustomerId STRANGER = new CustomerId("stranger");
  private static final String FINGERPRINT = "fingerprint";
  private static final Instant EXPIRES_AT = Instant.parse("2026-11-27T12:15:00Z");
  private static final ShipmentId SHIPMENT = ShipmentId.of(ORDER, new LocationId("north"));
  private static final ShipmentId OTHER_SHIPMENT = ShipmentId.of(ORDER, new LocationId("south"));
  private static final List<ReservedLine> HELD =
      List.of(
          new ReservedLine(new Sku("LAMP"), List.of(new Allocation(new LocationId("north"), 2))));
  private static final List<ReservedLine> HELD_ELSEWHERE =
      List.of(
          new ReservedLine(new Sku("LAMP"), List.of(new Allocation(new LocationId("south"), 2))));
  private static final List<Shortage> SHORTAGES = List.of(new Shortage(new Sku("LAMP"), 2, 1));

  private static final PlaceOrder PLACE = place(FINGERPRINT);
  private static final OrderPlaced PLACED =
      new OrderPlaced(
          ORDER,
          BUYER,
          "key",
          FINGERPRINT,
          new CartId("cart-1"),
          PLACE.lines(),
          PLACE.total(),
          PLACE.shippingAddress(),
          PLACE.payment());
  private static final OrderReserved RESERVED = new OrderReserved(ORDER, HELD, EXPIRES_AT);
  private static final OrderConfirmed CONFIRMED = new OrderConfirmed(ORDER);
  private static final OrderShipped SHIPPED = new OrderShipped(ORDER, SHIPMENT);
  private static final OrderDelivered DELIVERED = new OrderDelivered(ORDER);
  private static final OrderRejected REJECTED =
      new OrderRejected(ORDER, RejectionReason.OUT_OF_STOCK, SHORTAGES);
  private static final OrderCancelled CANCELLED =
      new OrderCancelled(ORDER, "changed my mind", OrderStatus.PLACED, List.of());

  private AggregateTestFixture<Order> fixture;

  @BeforeEach
  void setUp() {
    fixture = new AggregateTestFixture<>(Order.class);
  }

  @Test
  void placesAnOrder() {
    fixture
        .givenNoPriorActivity()
        .when(PLACE)
        .expectEvents(PLACED)
        .expectResultMessagePayload(Result.accepted(state(OrderStatus.PLACED)));
  }

  @Test
  void answersTheSamePurchaseWithTheOrderAsItStands() {
    fixture
        .given(PLACED, RESERVED, CONFIRMED)
        .when(PLACE)
        .expectNoEvents()
        .expectResultMessagePayload(Result.repeated(state(OrderStatus.CONFIRMED)));
  }

  @Test
  void answersTheSamePurchaseOfARejectedOrderWithItsReason() {
    fixture
        .given(PLACED, REJECTED)
        .when(PLACE)
        .expectNoEvents()
        .expectResultMessagePayload(
            Result.repeated(
                new OrderState(
                    ORDER,
                    BUYER,
                    OrderStatus.REJECTED,
                    RejectionReason.OUT_OF_STOCK,
                    List.of(),
                    null)));
  }

  @Test
  void refusesAnotherPurchaseWithTheSameKey() {
    fixture
        .given(PLACED)
        .when(place("another fingerprint"))
        .expectNoEvents()
        .expectResultMessagePayload(keyReused());
  }

  @Test
  void findsThePurchaseThatAKeyStandsFor() {
    fixture
        .given(PLACED)
        .when(new FindPlacedOrder(ORDER, FINGERPRINT))
        .expectNoEvents()
        .expectResultMessagePayload(Result.repeated(state(OrderStatus.PLACED)));
  }

  @Test
  void refusesToFindAnotherPurchaseUnderTheKey() {
    fixture
        .given(PLACED)
        .when(new FindPlacedOrder(ORDER, "another fingerprint"))
        .expectNoEvents()
        .expectResultMessagePayload(keyReused());
  }

  /** The command bus answers this exception with NOT_FOUND, for every aggregate alike. */
  @Test
  void findsNothingUnderAnUnusedKeyAndOpensNoStream() {
    fixture
        .givenNoPriorActivity()
        .when(new FindPlacedOrder(ORDER, FINGERPRINT))
        .expectNoEvents()
        .expectException(AggregateNotFoundException.class);
  }

  @Test
  void remembersWhereUnitsAreHeldAlsoOnceItIsCancelled() {
    fixture
        .given(PLACED, RESERVED, CONFIRMED)
        .when(new CancelOrder(ORDER, BUYER, "too late"))
        .expectEvents(new OrderCancelled(ORDER, "too late", OrderStatus.CONFIRMED, HELD))
        .expectResultMessagePayload(Result.accepted(cancelled(HELD)));
  }

  @Test
  void cancelsBeforeAnythingIsHeld() {
    fixture
        .given(PLACED)
        .when(new CancelOrder(ORDER, BUYER, "oops"))
        .expectEvents(new OrderCancelled(ORDER, "oops", OrderStatus.PLACED, List.of()));
  }

  @Test
  void letsAnOperatorCancelForTheBuyer() {
    fixture
        .given(PLACED, RESERVED)
        .when(new CancelOrder(ORDER, null, "fraud"))
        .expectEvents(new OrderCancelled(ORDER, "fraud", OrderStatus.RESERVED, HELD));
  }

  @Test
  void hidesTheOrderFromAStranger() {
    fixture
        .given(PLACED)
        .when(new CancelOrder(ORDER, STRANGER, "mine?"))
        .expectNoEvents()
        .expectResultMessagePayload(Result.refused(ErrorCode.NOT_FOUND, "There is no such order"));
  }

  @Test
  void hidesACancelledOrderFromAStrangerToo() {
    fixture
        .given(PLACED, CANCELLED)
        .when(new CancelOrder(ORDER, STRANGER, "mine?"))
        .expectNoEvents()
        .expectResultMessagePayload(Result.refused(ErrorCode.NOT_FOUND, "There is no such order"));
  }

  @Test
  void refusesToCancelWhatHasLeftAndTellsTheStatus() {
    fixture
        .given(PLACED, RESERVED, CONFIRMED, SHIPPED)
        .when(new CancelOrder(ORDER, BUYER, "too late"))
        .expectNoEvents()
        .expectResultMessagePayload(
            Result.refused(
                ErrorCode.NOT_CANCELLABLE,
                "The order is shipped and can no longer be cancelled",
                Map.of("status", "shipped")));
  }

  @Test
  void refusesToConfirmWhatWasCancelledAndTellsTheStatus() {
    fixture
        .given(PLACED, CANCELLED)
        .when(new ConfirmOrder(ORDER))
        .expectNoEvents()
        .expectResultMessagePayload(
            Result.refused(
                ErrorCode.INVALID_TRANSITION,
                "The order is cancelled and does not allow this",
                Map.of("status", "cancelled")));
  }

  @Test
  void keepsTheFirstReasonOfARejection() {
    fixture
        .given(PLACED, REJECTED)
        .when(new RejectOrder(ORDER, RejectionReason.RESERVATION_EXPIRED, List.of()))
        .expectNoEvents()
        .expectResultMessagePayload(
            Result.repeated(
                new OrderState(
                    ORDER,
                    BUYER,
                    OrderStatus.REJECTED,
                    RejectionReason.OUT_OF_STOCK,
                    List.of(),
                    null)));
  }

  @Test
  void doesNotTakeAnotherReservationForARepeat() {
    fixture
        .given(PLACED, RESERVED)
        .when(new RecordReservation(ORDER, HELD_ELSEWHERE, EXPIRES_AT))
        .expectNoEvents()
        .expectResultMessagePayload(
            Result.refused(
                ErrorCode.INVALID_TRANSITION,
                "The order is reserved and does not allow this",
                Map.of("status", "reserved")));
  }

  @Test
  void recordsOnlyTheFirstShipment() {
    fixture
        .given(PLACED, RESERVED, CONFIRMED, SHIPPED)
        .when(new ShipOrder(ORDER, OTHER_SHIPMENT))
        .expectNoEvents()
        .expectResultMessagePayload(Result.repeated(state(OrderStatus.SHIPPED)));
  }

  /** Every state by every command: exactly the event, a repeat, or exactly the refusal. */
  @ParameterizedTest(name = "{0}: {1}")
  @MethodSource("table")
  void decidesAsTheTableSays(
      OrderStatus status, OrderCommand<OrderState> command, Object expected) {
    var events = history(status);
    var result = decide(events, command).result();
    var then = fixture.given(events).when(command).expectResultMessagePayload(result);

    switch (expected) {
      case OrderEvent event -> {
        then.expectEvents(event);
        assertThat(result).isEqualTo(Result.accepted(after(events, event)));
      }
      case ErrorCode code -> {
        then.expectNoEvents();
        assertThat(result).isInstanceOf(Result.Refused.class);
        var refused = (Result.Refused<OrderState>) result;
        assertThat(refused.code()).isEqualTo(code);
        assertThat(refused.facts()).isEqualTo(Map.of("status", status.text()));
      }
      default -> {
        then.expectNoEvents();
        assertThat(result).isEqualTo(Result.repeated(after(events, null)));
      }
    }
  }

  private static Stream<Arguments> table() {
    var repeat = "repeat";
    var refused = ErrorCode.INVALID_TRANSITION;
    var firm = ErrorCode.NOT_CANCELLABLE;
    return Stream.of(
            row(PLACE, repeat, repeat, repeat, repeat, repeat, repeat, repeat),
            row(
                new FindPlacedOrder(ORDER, FINGERPRINT),
                repeat,
                repeat,
                repeat,
                repeat,
                repeat,
                repeat,
                repeat),
            row(
                new RecordReservation(ORDER, HELD, EXPIRES_AT),
                RESERVED,
                repeat,
                repeat,
                repeat,
                repeat,
                refused,
                refused),
            row(
                new ConfirmOrder(ORDER),
                refused,
                CONFIRMED,
                repeat,
                repeat,
                repeat,
                refused,
                refused),
            row(
                new RejectOrder(ORDER, RejectionReason.OUT_OF_STOCK, SHORTAGES),
                REJECTED,
                REJECTED,
                refused,
                refused,
                refused,
                repeat,
                refused),
            row(
                new CancelOrder(ORDER, BUYER, "changed my mind"),
                CANCELLED,
                new OrderCancelled(ORDER, "changed my mind", OrderStatus.RESERVED, HELD),
                new OrderCancelled(ORDER, "changed my mind", OrderStatus.CONFIRMED, HELD),
                firm,
                firm,
                firm,
                repeat),
            row(
                new ShipOrder(ORDER, SHIPMENT),
                refused,
                refused,
                SHIPPED,
                repeat,
                refused,
                refused,
                refused),
            row(
                new RecordOrderDelivery(ORDER),
                refused,
                refused,
                refused,
                DELIVERED,
                repeat,
                refused,
                refused))
        .flatMap(row -> row);
  }

  /**
   * One command in the states placed, reserved, confirmed, shipped, delivered, rejected, cancelled.
   */
  private static Stream<Arguments> row(OrderCommand<OrderState> command, Object... expected) {
    assertThat(expected).hasSameSizeAs(OrderStatus.values());
    return Arrays.stream(OrderStatus.values())
        .map(status -> Arguments.of(status, command, expected[status.ordinal()]));
  }

  private static List<OrderEvent> history(OrderStatus status) {
    return switch (status) {
      case PLACED -> List.of(PLACED);
      case RESERVED -> List.of(PLACED, RESERVED);
      case CONFIRMED -> List.of(PLACED, RESERVED, CONFIRMED);
      case SHIPPED -> List.of(PLACED, RESERVED, CONFIRMED, SHIPPED);
      case DELIVERED -> List.of(PLACED, RESERVED, CONFIRMED, SHIPPED, DELIVERED);
      case REJECTED -> List.of(PLACED, REJECTED);
      case CANCELLED -> List.of(PLACED, CANCELLED);
    };
  }

  /**
   * The state that the stored events and perhaps one more lead to, told from the last of them
   * alone.
   */
  private static OrderState after(List<OrderEvent> events, OrderEvent next) {
    return switch (next == null ? events.getLast() : next) {
      case OrderPlaced _ -> state(OrderStatus.PLACED);
      case OrderReserved _ -> state(OrderStatus.RESERVED);
      case OrderConfirmed _ -> state(OrderStatus.CONFIRMED);
      case OrderShipped _ -> state(OrderStatus.SHIPPED);
      case OrderDelivered _, OrderEvent.ReturnAccepted _, OrderEvent.ReturnCompleted _ ->
          state(OrderStatus.DELIVERED);
      case OrderRejected rejected ->
          new OrderState(ORDER, BUYER, OrderStatus.REJECTED, rejected.reason(), List.of(), null);
      case OrderCancelled cancelled -> cancelled(cancelled.reserved());
    };
  }

  /**
   * Goal: a snapshot loses nothing that a decision needs. Method: through JSON and back, field by
   * field.
   */
  @ParameterizedTest
  @MethodSource("statuses")
  void survivesASnapshot(OrderStatus status) {
    var order = new Order();
    history(status).forEach(order::on);

    assertThat(throughJson(order, Order.class)).usingRecursiveComparison().isEqualTo(order);
  }

  private static Stream<OrderStatus> statuses() {
    return Stream.of(OrderStatus.values());
  }

  private static <T> T throughJson(T aggregate, Class<T> type) {
    var mapper =
        JsonMapper.builder()
            .changeDefaultVisibility(visibility -> visibility.withFieldVisibility(Visibility.ANY))
            .build();
    return mapper.readValue(mapper.writeValueAsString(aggregate), type);
  }

  private static OrderRules.Decision decide(
      List<OrderEvent> events, OrderCommand<OrderState> command) {
    OrderFacts facts = null;
    for (var event : events) {
      facts = OrderRules.evolve(facts, event);
    }
    return OrderRules.decide(facts, command);
  }

  private static PlaceOrder place(String fingerprint) {
    return new PlaceOrder(
        ORDER,
        BUYER,
        "key",
        fingerprint,
        new CartId("cart-1"),
        List.of(new OrderLine(new Sku("LAMP"), "Lamp", 2, new Money(1250, "EUR"))),
        new Money(2500, "EUR"),
        new ShippingAddress("Ada", "1 High Street", null, "London", "N1 1AA", "GB"),
        new PaymentChoice("card", "tok_ok"));
  }

  private static OrderState state(OrderStatus status) {
    boolean holds =
        status == OrderStatus.RESERVED
            || status == OrderStatus.CONFIRMED
            || status == OrderStatus.SHIPPED;
    return new OrderState(
        ORDER,
        BUYER,
        status,
        null,
        holds ? RESERVED.lines() : List.of(),
        holds ? RESERVED.expiresAt() : null);
  }

  private static OrderState cancelled(List<ReservedLine> held) {
    return new OrderState(ORDER, BUYER, OrderStatus.CANCELLED, null, held, null);
  }

  private static Result<OrderState> keyReused() {
    return Result.refused(
        ErrorCode.IDEMPOTENCY_KEY_REUSED,
        "The Idempotency-Key belongs to another request; use a new one for a new purchase");
  }
}
