package dev.lastunit.cart.command;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.annotation.JsonAutoDetect.Visibility;
import dev.lastunit.cart.api.CartCommand.CheckOutCart;
import dev.lastunit.cart.api.CartCommand.OpenCart;
import dev.lastunit.cart.api.CartCommand.ReadCart;
import dev.lastunit.cart.api.CartCommand.ReopenCart;
import dev.lastunit.cart.api.CartCommand.SetCartItem;
import dev.lastunit.cart.api.CartContents;
import dev.lastunit.cart.api.CartEvent;
import dev.lastunit.cart.api.CartEvent.CartCheckedOut;
import dev.lastunit.cart.api.CartEvent.CartItemRemoved;
import dev.lastunit.cart.api.CartEvent.CartItemSet;
import dev.lastunit.cart.api.CartEvent.CartOpened;
import dev.lastunit.cart.api.CartEvent.CartReopened;
import dev.lastunit.shared.api.CartId;
import dev.lastunit.shared.api.CustomerId;
import dev.lastunit.shared.api.ErrorCode;
import dev.lastunit.shared.api.OrderId;
import dev.lastunit.shared.api.Result;
import dev.lastunit.shared.api.Sku;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.axonframework.modelling.command.AggregateNotFoundException;
import org.axonframework.test.aggregate.AggregateTestFixture;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.json.JsonMapper;

/** A cart is its customer's alone, bounded, and one order's at a time. */
class CartTest {

  private static final CartId CART = new CartId("cart-1");
  private static final CustomerId OWNER = new CustomerId("owner");
  private static final CustomerId STRANGER = new CustomerId("stranger");
  private static final Sku LAMP = new Sku("LAMP");
  private static final Sku DESK = new Sku("DESK");
  private static final OrderId ORDER = new OrderId("ord-1");
  private static final OrderId OTHER_ORDER = new OrderId("ord-2");

  private static final CartOpened OPENED = new CartOpened(CART, OWNER);
  private static final CartItemSet TWO_LAMPS = new CartItemSet(CART, LAMP, 2);
  private static final CartCheckedOut CHECKED_OUT = new CartCheckedOut(CART, ORDER);
  private static final CartReopened REOPENED = new CartReopened(CART, ORDER);

  private AggregateTestFixture<Cart> fixture;

  @BeforeEach
  void setUp() {
    fixture = new AggregateTestFixture<>(Cart.class);
  }

  @Test
  void opensACart() {
    fixture
        .givenNoPriorActivity()
        .when(new OpenCart(CART, OWNER))
        .expectEvents(OPENED)
        .expectResultMessagePayload(Result.accepted(null));
  }

  @Test
  void opensACartOnce() {
    fixture
        .given(OPENED, TWO_LAMPS)
        .when(new OpenCart(CART, OWNER))
        .expectNoEvents()
        .expectResultMessagePayload(Result.repeated(null));
  }

  @Test
  void opensNoCartOfAnother() {
    fixture
        .given(OPENED)
        .when(new OpenCart(CART, STRANGER))
        .expectNoEvents()
        .expectResultMessagePayload(notFound());
  }

  @Test
  void putsAnItemIn() {
    fixture
        .given(OPENED)
        .when(set(LAMP, 2))
        .expectEvents(TWO_LAMPS)
        .expectResultMessagePayload(Result.accepted(null));
  }

  @Test
  void changesAQuantity() {
    fixture
        .given(OPENED, TWO_LAMPS)
        .when(set(LAMP, 3))
        .expectEvents(new CartItemSet(CART, LAMP, 3));
  }

  @Test
  void recordsNoChangeThatIsNone() {
    fixture
        .given(OPENED, TWO_LAMPS)
        .when(set(LAMP, 2))
        .expectNoEvents()
        .expectResultMessagePayload(Result.repeated(null));
  }

  @Test
  void takesAnItemOut() {
    fixture
        .given(OPENED, TWO_LAMPS)
        .when(set(LAMP, 0))
        .expectEvents(new CartItemRemoved(CART, LAMP));
  }

  @Test
  void takesAnItemOutOnce() {
    fixture
        .given(OPENED, TWO_LAMPS, new CartItemRemoved(CART, LAMP))
        .when(set(LAMP, 0))
        .expectNoEvents()
        .expectResultMessagePayload(Result.repeated(null));
  }

  @Test
  void holdsAMillionUnits() {
    fixture
        .given(OPENED)
        .when(set(LAMP, 1_000_000))
        .expectEvents(new CartItemSet(CART, LAMP, 1_000_000));
  }

  @ParameterizedTest
  @ValueSource(ints = {-1, 1_000_001})
  void refusesOtherQuantities(int quantity) {
    fixture
        .given(OPENED)
        .when(set(LAMP, quantity))
        .expectNoEvents()
        .expectResultMessagePayload(
            Result.refused(ErrorCode.INVALID_FIELD, "The quantity is outside 0 to 1000000 units"));
  }

  @Test
  void holdsTwoThousandSkus() {
    fixture.given(filled(1_999)).when(set(LAMP, 1)).expectEvents(new CartItemSet(CART, LAMP, 1));
  }

  @Test
  void holdsNoMoreThanTwoThousandSkus() {
    fixture
        .given(filled(2_000))
        .when(set(LAMP, 1))
        .expectNoEvents()
        .expectResultMessagePayload(
            Result.refused(
                ErrorCode.CART_FULL,
                "The cart holds 2000 different SKUs already",
                Map.of("limit", 2_000)));
  }

  @Test
  void letsAFullCartChangeAndShrink() {
    fixture
        .given(filled(2_000))
        .when(set(new Sku("SKU-7"), 9))
        .expectEvents(new CartItemSet(CART, new Sku("SKU-7"), 9));
    new AggregateTestFixture<>(Cart.class)
        .given(filled(2_000))
        .when(set(new Sku("SKU-7"), 0))
        .expectEvents(new CartItemRemoved(CART, new Sku("SKU-7")));
  }

  @Test
  void hidesTheCartFromAStranger() {
    fixture
        .given(OPENED)
        .when(new SetCartItem(CART, STRANGER, LAMP, 1))
        .expectNoEvents()
        .expectResultMessagePayload(notFound());
  }

  @Test
  void hidesACheckedOutCartFromAStrangerToo() {
    fixture
        .given(OPENED, TWO_LAMPS, CHECKED_OUT)
        .when(new CheckOutCart(CART, STRANGER, OTHER_ORDER, 3))
        .expectNoEvents()
        .expectResultMessagePayload(notFound());
  }

  @Test
  void knowsNoCartThatWasNotOpened() {
    fixture
        .givenNoPriorActivity()
        .when(set(LAMP, 1))
        .expectNoEvents()
        .expectException(AggregateNotFoundException.class);
  }

  @Test
  void tellsItsOwnerWhatIsInItInTheOrderOfPutting() {
    var items = new LinkedHashMap<Sku, Integer>();
    items.put(LAMP, 2);
    items.put(DESK, 1);

    fixture
        .given(OPENED, TWO_LAMPS, new CartItemSet(CART, DESK, 1))
        .when(new ReadCart(CART, OWNER))
        .expectNoEvents()
        .expectResultMessagePayload(Result.accepted(new CartContents(items, 3, null)));
  }

  @Test
  void tellsItsOwnerWhichOrderHasIt() {
    fixture
        .given(OPENED, TWO_LAMPS, CHECKED_OUT)
        .when(new ReadCart(CART, OWNER))
        .expectNoEvents()
        .expectResultMessagePayload(Result.accepted(new CartContents(Map.of(LAMP, 2), 3, ORDER)));
  }

  @Test
  void tellsAStrangerNothing() {
    fixture
        .given(OPENED, TWO_LAMPS)
        .when(new ReadCart(CART, STRANGER))
        .expectNoEvents()
        .expectResultMessagePayload(Result.refused(ErrorCode.NOT_FOUND, "There is no such cart"));
  }

  @Test
  void goesToAnOrderAtTheRevisionThatWasRead() {
    fixture
        .given(OPENED, TWO_LAMPS)
        .when(new CheckOutCart(CART, OWNER, ORDER, 2))
        .expectEvents(CHECKED_OUT)
        .expectResultMessagePayload(Result.accepted(null));
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 3})
  void goesToNoOrderAtAnotherRevision(long revision) {
    fixture
        .given(OPENED, TWO_LAMPS)
        .when(new CheckOutCart(CART, OWNER, ORDER, revision))
        .expectNoEvents()
        .expectResultMessagePayload(
            Result.refused(
                ErrorCode.CART_CHANGED,
                "The cart changed since it was read; look and order again"));
  }

  @Test
  void goesToTheSameOrderOnceWhateverTheRevision() {
    fixture
        .given(OPENED, TWO_LAMPS, CHECKED_OUT)
        .when(new CheckOutCart(CART, OWNER, ORDER, 2))
        .expectNoEvents()
        .expectResultMessagePayload(Result.repeated(null));
  }

  @Test
  void goesToNoSecondOrder() {
    fixture
        .given(OPENED, TWO_LAMPS, CHECKED_OUT)
        .when(new CheckOutCart(CART, OWNER, OTHER_ORDER, 3))
        .expectNoEvents()
        .expectResultMessagePayload(checkedOut());
  }

  @Test
  void changesNoMoreOnceAnOrderHasIt() {
    fixture
        .given(OPENED, TWO_LAMPS, CHECKED_OUT)
        .when(set(LAMP, 3))
        .expectNoEvents()
        .expectResultMessagePayload(checkedOut());
  }

  @Test
  void comesBackFromARejectedOrder() {
    fixture
        .given(OPENED, TWO_LAMPS, CHECKED_OUT)
        .when(new ReopenCart(CART, ORDER))
        .expectEvents(REOPENED)
        .expectResultMessagePayload(Result.accepted(null));
  }

  @Test
  void comesBackOnce() {
    fixture
        .given(OPENED, TWO_LAMPS, CHECKED_OUT, REOPENED)
        .when(new ReopenCart(CART, ORDER))
        .expectNoEvents()
        .expectResultMessagePayload(Result.repeated(null));
  }

  @Test
  void staysWithTheOrderThatHasItNow() {
    fixture
        .given(OPENED, TWO_LAMPS, CHECKED_OUT, REOPENED, new CartCheckedOut(CART, OTHER_ORDER))
        .when(new ReopenCart(CART, ORDER))
        .expectNoEvents()
        .expectResultMessagePayload(Result.repeated(null));
  }

  @Test
  void canBeChangedAndOrderedAgainOnceItCameBack() {
    fixture
        .given(OPENED, TWO_LAMPS, CHECKED_OUT, REOPENED)
        .when(set(DESK, 1))
        .expectEvents(new CartItemSet(CART, DESK, 1));
    new AggregateTestFixture<>(Cart.class)
        .given(OPENED, TWO_LAMPS, CHECKED_OUT, REOPENED)
        .when(new CheckOutCart(CART, OWNER, OTHER_ORDER, 4))
        .expectEvents(new CartCheckedOut(CART, OTHER_ORDER));
  }

  /** An order that read the cart before it went away and came back must not get it. */
  @Test
  void countsGoingAndComingBackAsChanges() {
    fixture
        .given(OPENED, TWO_LAMPS, CHECKED_OUT, REOPENED)
        .when(new CheckOutCart(CART, OWNER, ORDER, 2))
        .expectNoEvents()
        .expectResultMessagePayload(
            Result.refused(
                ErrorCode.CART_CHANGED,
                "The cart changed since it was read; look and order again"));
  }

  /**
   * Goal: a snapshot loses nothing that a decision needs. Method: through JSON and back, field by
   * field.
   */
  @Test
  void survivesASnapshot() {
    var cart = new Cart();
    List.of(OPENED, TWO_LAMPS, new CartItemSet(CART, new Sku("A b.c:d-e"), 1), CHECKED_OUT)
        .forEach(cart::on);
    var mapper =
        JsonMapper.builder()
            .changeDefaultVisibility(visibility -> visibility.withFieldVisibility(Visibility.ANY))
            .build();

    var restored = mapper.readValue(mapper.writeValueAsString(cart), Cart.class);

    assertThat(restored).usingRecursiveComparison().isEqualTo(cart);
  }

  private static List<CartEvent> filled(int skus) {
    var events = new ArrayList<CartEvent>();
    events.add(OPENED);
    IntStream.range(0, skus)
        .mapToObj(i -> new CartItemSet(CART, new Sku("SKU-" + i), 1))
        .forEach(events::add);
    return events;
  }

  private static SetCartItem set(Sku sku, int quantity) {
    return new SetCartItem(CART, OWNER, sku, quantity);
  }

  private static Result<Void> notFound() {
    return Result.refused(ErrorCode.NOT_FOUND, "There is no such cart");
  }

  private static Result<Void> checkedOut() {
    return Result.refused(
        ErrorCode.CART_CHECKED_OUT,
        "The cart belongs to an order already",
        Map.of("orderId", "ord-1"));
  }
}
