package dev.lastunit.ordering.command;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lastunit.ordering.api.OrderCommand.CompleteReturn;
import dev.lastunit.ordering.api.OrderCommand.RequestReturn;
import dev.lastunit.ordering.api.OrderEvent;
import dev.lastunit.ordering.api.OrderEvent.OrderCancelled;
import dev.lastunit.ordering.api.OrderEvent.OrderConfirmed;
import dev.lastunit.ordering.api.OrderEvent.OrderDelivered;
import dev.lastunit.ordering.api.OrderEvent.OrderPlaced;
import dev.lastunit.ordering.api.OrderEvent.OrderReserved;
import dev.lastunit.ordering.api.OrderEvent.OrderShipped;
import dev.lastunit.ordering.api.OrderEvent.ReturnAccepted;
import dev.lastunit.ordering.api.OrderEvent.ReturnCompleted;
import dev.lastunit.ordering.api.OrderLine;
import dev.lastunit.ordering.api.OrderReturn;
import dev.lastunit.ordering.api.OrderStatus;
import dev.lastunit.ordering.api.PaymentChoice;
import dev.lastunit.ordering.api.ReservedLine;
import dev.lastunit.ordering.api.ReturnItem;
import dev.lastunit.ordering.api.ReturnStatus;
import dev.lastunit.ordering.api.ReturnedLine;
import dev.lastunit.ordering.api.ShippingAddress;
import dev.lastunit.shared.api.Allocation;
import dev.lastunit.shared.api.CustomerId;
import dev.lastunit.shared.api.ErrorCode;
import dev.lastunit.shared.api.LocationId;
import dev.lastunit.shared.api.Money;
import dev.lastunit.shared.api.OrderId;
import dev.lastunit.shared.api.Result;
import dev.lastunit.shared.api.ReturnId;
import dev.lastunit.shared.api.ShipmentId;
import dev.lastunit.shared.api.Sku;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.axonframework.test.aggregate.AggregateTestFixture;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Delivered units come back once, and never more of them than were delivered. */
class ReturnTest {

  private static final OrderId ORDER = new OrderId("ord-1");
  private static final CustomerId BUYER = new CustomerId("buyer");
  private static final LocationId NORTH = new LocationId("north");
  private static final LocationId SOUTH = new LocationId("south");
  private static final LocationId SHOP = new LocationId("shop");
  private static final Sku LAMP = new Sku("LAMP");
  private static final Sku CUP = new Sku("CUP");
  private static final ReturnId FIRST = ReturnId.of(ORDER, "1");
  private static final ReturnId SECOND = ReturnId.of(ORDER, "2");

  private static final List<OrderEvent> SHIPPED =
      List.of(
          new OrderPlaced(
              ORDER,
              BUYER,
              "key",
              "fingerprint",
              null,
              List.of(
                  new OrderLine(LAMP, "Lamp", 3, eur(333)), new OrderLine(CUP, "Cup", 1, eur(0))),
              eur(999),
              new ShippingAddress("A", "B", null, "C", "D", "GB"),
              new PaymentChoice("card", "tok_ok")),
          new OrderReserved(
              ORDER,
              List.of(
                  new ReservedLine(LAMP, List.of(at(NORTH, 1), at(SOUTH, 2))),
                  new ReservedLine(CUP, List.of(at(SOUTH, 1)))),
              Instant.EPOCH),
          new OrderConfirmed(ORDER),
          new OrderShipped(ORDER, ShipmentId.of(ORDER, NORTH)));

  private AggregateTestFixture<Order> fixture;

  @BeforeEach
  void setUp() {
    fixture = new AggregateTestFixture<>(Order.class);
  }

  @Test
  void takesUnitsBackToWhereTheyCameFrom() {
    var accepted = accepted(FIRST, true, null, line(LAMP, 2, 666, at(NORTH, 1), at(SOUTH, 1)));
    fixture
        .given(delivered())
        .when(request(FIRST, true, null, item(LAMP, 2)))
        .expectEvents(accepted)
        .expectResultMessagePayload(Result.accepted(answer(accepted, ReturnStatus.ACCEPTED)));
  }

  @Test
  void takesTheNextUnitsBackToTheNextPlaces() {
    fixture
        .given(delivered(accepted(FIRST, true, null, line(LAMP, 1, 333, at(NORTH, 1)))))
        .when(request(SECOND, true, null, item(LAMP, 2), item(CUP, 1)))
        .expectEvents(
            accepted(
                SECOND,
                true,
                null,
                line(LAMP, 2, 666, at(SOUTH, 2)),
                line(CUP, 1, 0, at(SOUTH, 1))));
  }

  @Test
  void takesUnitsBackToAChosenPlaceOrToNone() {
    fixture
        .given(delivered())
        .when(request(FIRST, true, SHOP, item(LAMP, 3)))
        .expectEvents(accepted(FIRST, true, SHOP, line(LAMP, 3, 999, at(SHOP, 3))));
    new AggregateTestFixture<>(Order.class)
        .given(delivered())
        .when(request(FIRST, false, null, item(LAMP, 3)))
        .expectEvents(accepted(FIRST, false, null, line(LAMP, 3, 999)));
  }

  @Test
  void takesNoMoreUnitsBackThanAreLeftOverAllReturns() {
    var history = delivered(accepted(FIRST, false, null, line(LAMP, 2, 666)));

    fixture
        .given(history)
        .when(request(SECOND, false, null, item(LAMP, 2)))
        .expectNoEvents()
        .expectResultMessagePayload(
            Result.refused(
                ErrorCode.NOT_RETURNABLE,
                "1 units of LAMP can be returned, not 2",
                Map.of("sku", "LAMP", "left", 1)));
    new AggregateTestFixture<>(Order.class)
        .given(history)
        .when(request(SECOND, false, null, item(LAMP, 1)))
        .expectEvents(accepted(SECOND, false, null, line(LAMP, 1, 333)));
  }

  @Test
  void takesNothingBackThatWasNotBoughtOrIsNothing() {
    for (var item : List.of(item(new Sku("OTHER"), 1), item(LAMP, 0), item(LAMP, -1))) {
      assertThat(refusal(delivered(), request(FIRST, true, null, item)))
          .isEqualTo(ErrorCode.NOT_RETURNABLE);
    }
    assertThat(refusal(delivered(), request(FIRST, true, null)))
        .isEqualTo(ErrorCode.NOT_RETURNABLE);
  }

  @Test
  void takesUnitsBackOnlyOnceTheyAreDelivered() {
    for (int events = 1; events <= SHIPPED.size(); events++) {
      assertThat(refusal(SHIPPED.subList(0, events), request(FIRST, true, null, item(LAMP, 1))))
          .isEqualTo(ErrorCode.NOT_RETURNABLE);
    }
    var cancelled = new ArrayList<>(SHIPPED.subList(0, 3));
    cancelled.add(new OrderCancelled(ORDER, "no", OrderStatus.CONFIRMED, List.of()));
    assertThat(refusal(cancelled, request(FIRST, true, null, item(LAMP, 1))))
        .isEqualTo(ErrorCode.NOT_RETURNABLE);
  }

  @Test
  void takesNothingBackFromStrangersAndFromTheBuyerAsFromAnOperator() {
    var items = List.of(item(LAMP, 1));
    assertThat(
            refusal(
                delivered(),
                new RequestReturn(ORDER, new CustomerId("eve"), FIRST, items, true, null)))
        .isEqualTo(ErrorCode.NOT_FOUND);
    fixture
        .given(delivered())
        .when(new RequestReturn(ORDER, BUYER, FIRST, items, false, null))
        .expectEvents(accepted(FIRST, false, null, line(LAMP, 1, 333)));
  }

  @Test
  void answersARepeatWithTheReturnAndRefusesAnotherUnderItsKey() {
    var accepted = accepted(FIRST, true, SHOP, line(LAMP, 3, 999, at(SHOP, 3)));
    fixture
        .given(delivered(accepted))
        .when(request(FIRST, true, SHOP, item(LAMP, 3)))
        .expectNoEvents()
        .expectResultMessagePayload(Result.repeated(answer(accepted, ReturnStatus.ACCEPTED)));
    new AggregateTestFixture<>(Order.class)
        .given(delivered(accepted, new ReturnCompleted(ORDER, FIRST)))
        .when(request(FIRST, true, SHOP, item(LAMP, 3)))
        .expectNoEvents()
        .expectResultMessagePayload(Result.repeated(answer(accepted, ReturnStatus.COMPLETED)));
    for (var other :
        List.of(
            request(FIRST, true, SHOP, item(LAMP, 2)),
            request(FIRST, true, null, item(LAMP, 3)),
            request(FIRST, true, NORTH, item(LAMP, 3)),
            request(FIRST, false, null, item(LAMP, 3)))) {
      assertThat(refusal(delivered(accepted), other)).isEqualTo(ErrorCode.IDEMPOTENCY_KEY_REUSED);
    }
  }

  @Test
  void isCompletedOnceAndOnlyWhenItWasAccepted() {
    var accepted = accepted(FIRST, false, null, line(LAMP, 1, 333));
    fixture
        .given(delivered(accepted))
        .when(new CompleteReturn(ORDER, FIRST))
        .expectEvents(new ReturnCompleted(ORDER, FIRST))
        .expectResultMessagePayload(Result.accepted(answer(accepted, ReturnStatus.COMPLETED)));
    new AggregateTestFixture<>(Order.class)
        .given(delivered(accepted, new ReturnCompleted(ORDER, FIRST)))
        .when(new CompleteReturn(ORDER, FIRST))
        .expectNoEvents()
        .expectResultMessagePayload(Result.repeated(answer(accepted, ReturnStatus.COMPLETED)));
    assertThat(ReturnRules.complete(facts(delivered()), new CompleteReturn(ORDER, FIRST)).result())
        .isInstanceOf(Result.Refused.class);
  }

  private static ErrorCode refusal(List<OrderEvent> history, RequestReturn command) {
    var decision = ReturnRules.request(facts(history), command);
    assertThat(decision.events()).isEmpty();
    return ((Result.Refused<OrderReturn>) decision.result()).code();
  }

  private static OrderFacts facts(List<OrderEvent> history) {
    OrderFacts facts = null;
    for (var event : history) {
      facts = OrderRules.evolve(facts, event);
    }
    return facts;
  }

  private static List<OrderEvent> delivered(OrderEvent... more) {
    var history = new ArrayList<>(SHIPPED);
    history.add(new OrderDelivered(ORDER));
    history.addAll(List.of(more));
    return history;
  }

  private static RequestReturn request(
      ReturnId id, boolean restock, LocationId location, ReturnItem... items) {
    return new RequestReturn(ORDER, null, id, List.of(items), restock, location);
  }

  private static ReturnItem item(Sku sku, int quantity) {
    return new ReturnItem(sku, quantity);
  }

  private static ReturnAccepted accepted(
      ReturnId id, boolean restock, LocationId location, ReturnedLine... lines) {
    long sum = List.of(lines).stream().mapToLong(line -> line.refund().amount()).sum();
    return new ReturnAccepted(ORDER, id, List.of(lines), eur(sum), restock, location);
  }

  private static OrderReturn answer(ReturnAccepted accepted, ReturnStatus status) {
    return new OrderReturn(
        accepted.returnId(),
        ORDER,
        status,
        accepted.lines(),
        accepted.refund(),
        accepted.restock(),
        accepted.location());
  }

  private static ReturnedLine line(Sku sku, int quantity, long refund, Allocation... places) {
    return new ReturnedLine(sku, quantity, eur(refund), List.of(places));
  }

  private static Allocation at(LocationId location, int quantity) {
    return new Allocation(location, quantity);
  }

  private static Money eur(long amount) {
    return new Money(amount, "EUR");
  }
}
