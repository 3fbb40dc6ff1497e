package dev.lastunit.cart.projection;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lastunit.cart.api.CartEvent.CartCheckedOut;
import dev.lastunit.cart.api.CartEvent.CartItemRemoved;
import dev.lastunit.cart.api.CartEvent.CartItemSet;
import dev.lastunit.cart.api.CartEvent.CartOpened;
import dev.lastunit.cart.api.CartEvent.CartReopened;
import dev.lastunit.shared.api.CartId;
import dev.lastunit.shared.api.CustomerId;
import dev.lastunit.shared.api.OrderId;
import dev.lastunit.shared.api.RecordedEvent;
import dev.lastunit.shared.api.Sku;
import dev.lastunit.testing.History;
import dev.lastunit.testing.ReadModelDatabase;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The carts' read model on a real PostgreSQL. */
class CartsProjectionTest {

  private static final CartId CART = new CartId("cart-1");
  private static final CustomerId OWNER = new CustomerId("guest-1");
  private static final OrderId ORDER = new OrderId("ord-1");
  private static final Sku LAMP = new Sku("LAMP");
  private static final Sku MUG = new Sku("MUG");

  private static ReadModelDatabase database;
  private static CartsProjection projection;

  @BeforeAll
  static void start() {
    database = new ReadModelDatabase("V3__cart.sql");
    projection = new CartsProjection(database.jdbc());
  }

  @AfterAll
  static void stop() {
    database.close();
  }

  @BeforeEach
  void empty() {
    database.jdbc().execute("truncate cart.cart, cart.item");
  }

  @Test
  void keepsAChangedLineInItsPlaceAndPutsOneThatComesAgainLast() {
    History history =
        new History()
            .and(
                new CartOpened(CART, OWNER),
                new CartItemSet(CART, LAMP, 1),
                new CartItemSet(CART, MUG, 2),
                new CartItemSet(CART, LAMP, 7));
    for (int size : new int[] {1, 2, 4}) {
      empty();
      database.project(projection, history.events(), size);
      assertThat(lines()).as("batches of %d", size).containsExactly("LAMP 7", "MUG 2");
    }

    history.and(new CartItemRemoved(CART, LAMP), new CartItemSet(CART, LAMP, 3));
    for (int size : new int[] {1, 2, 5, 6}) {
      empty();
      database.project(projection, history.events(), size);
      assertThat(lines()).as("batches of %d", size).containsExactly("MUG 2", "LAMP 3");
    }
  }

  @Test
  void belongsToAnOrderUntilItIsGivenBack() {
    History history =
        new History().and(new CartOpened(CART, OWNER), new CartCheckedOut(CART, ORDER));
    database.project(projection, history.events(), 10);
    assertThat(cart())
        .containsEntry("customer_id", OWNER.value())
        .containsEntry("checked_out_by", ORDER.value());

    history.and(new CartItemSet(CART, LAMP, 1), new CartReopened(CART, ORDER));
    database.project(projection, history.events().subList(2, 3), 10);
    assertThat(cart()).containsEntry("checked_out_by", ORDER.value()).containsEntry("position", 3L);
    database.project(projection, history.events().subList(3, 4), 10);
    assertThat(cart()).containsEntry("checked_out_by", null);
  }

  @Test
  void foldsABatchToTheSameRowsAsOneEventAfterTheOther() {
    List<RecordedEvent> events = randomHistory();
    database.project(projection, events, 1);
    List<Map<String, Object>> oneByOne = tables();
    assertThat(oneByOne).hasSizeGreaterThan(40);

    for (int size : new int[] {9, 100, 600}) {
      empty();
      database.project(projection, events, size);
      assertThat(tables()).as("batches of %d", size).isEqualTo(oneByOne);
    }
  }

  private static List<RecordedEvent> randomHistory() {
    Random random = new Random(3);
    History history = new History();
    Map<CartId, Set<Sku>> contents = new HashMap<>();
    for (int i = 0; i < 600; i++) {
      CartId cart = new CartId("cart-" + random.nextInt(20));
      Sku sku = new Sku("SKU-" + random.nextInt(6));
      Set<Sku> items = contents.get(cart);
      if (items == null) {
        contents.put(cart, new HashSet<>());
        history.and(new CartOpened(cart, OWNER));
      } else if (random.nextInt(10) == 0) {
        history.and(new CartCheckedOut(cart, ORDER));
        if (random.nextBoolean()) {
          history.and(new CartReopened(cart, ORDER));
        }
      } else if (items.contains(sku) && random.nextBoolean()) {
        items.remove(sku);
        history.and(new CartItemRemoved(cart, sku));
      } else {
        items.add(sku);
        history.and(new CartItemSet(cart, sku, 1 + random.nextInt(9)));
      }
    }
    return history.events();
  }

  private static Map<String, Object> cart() {
    return database.jdbc().queryForMap("select * from cart.cart");
  }

  private static List<String> lines() {
    return database
        .jdbc()
        .queryForList(
            "select sku || ' ' || quantity from cart.item order by added_position", String.class);
  }

  private static List<Map<String, Object>> tables() {
    List<Map<String, Object>> result =
        new ArrayList<>(
            database.jdbc().queryForList("select c::text as row from cart.cart c order by 1"));
    result.addAll(
        database.jdbc().queryForList("select i::text as row from cart.item i order by 1"));
    return result;
  }
}
