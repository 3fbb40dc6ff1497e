package dev.lastunit.cart.query.web;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lastunit.cart.api.CartEvent.CartCheckedOut;
import dev.lastunit.cart.api.CartEvent.CartItemSet;
import dev.lastunit.cart.api.CartEvent.CartOpened;
import dev.lastunit.cart.api.CartEvent.CartReopened;
import dev.lastunit.cart.api.CartQuery.CartView;
import dev.lastunit.cart.api.CartQuery.FindCart;
import dev.lastunit.catalogue.api.CatalogueQuery.FindOffers;
import dev.lastunit.catalogue.api.CatalogueQuery.Offer;
import dev.lastunit.catalogue.api.CatalogueQuery.Offers;
import dev.lastunit.catalogue.api.ProductDetails;
import dev.lastunit.catalogue.api.ProductEvent.ProductChanged;
import dev.lastunit.catalogue.api.ProductEvent.ProductDelisted;
import dev.lastunit.shared.api.Caller;
import dev.lastunit.shared.api.CartId;
import dev.lastunit.shared.api.CustomerId;
import dev.lastunit.shared.api.ErrorCode;
import dev.lastunit.shared.api.Money;
import dev.lastunit.shared.api.OrderId;
import dev.lastunit.shared.api.Problem;
import dev.lastunit.shared.api.Sku;
import dev.lastunit.testing.ReadServer;
import dev.lastunit.testing.Shelf;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.axonframework.queryhandling.QueryGateway;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.springframework.test.json.JsonCompareMode;
import org.springframework.test.web.reactive.server.WebTestClient;

/** A cart with today's offers, over the query bus and over HTTP. */
class CartQueryControllerTest {

  private static final CustomerId OWNER = new CustomerId("guest-1");
  private static final Sku LAMP = new Sku("LAMP");
  private static final Sku MUG = new Sku("MUG");

  private static ReadServer server;
  private static QueryGateway queries;

  @BeforeAll
  static void start() {
    server =
        new ReadServer(
            List.of("V1__catalogue.sql", "V14__search_left_the_database.sql", "V3__cart.sql"),
            List.of("dev.lastunit.catalogue", "dev.lastunit.cart"));
    queries = server.bean(QueryGateway.class);
    server.record(
        new Shelf("LAMP", "Lamp", "", "", 1_999, 0).added(),
        new Shelf("LAMP", "Lamp", "", "", 1_999, 3).received(),
        new Shelf("MUG", "Mug", "", "", 550, 0).added());
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  @Test
  void showsLinesWithPricesTotalAndAvailability() {
    CartId cart = opened("cart-1");
    server.record(new CartItemSet(cart, MUG, 2), new CartItemSet(cart, LAMP, 1));

    get("cart-1", OWNER.value())
        .expectStatus()
        .isOk()
        .expectHeader()
        .valueEquals("Event-Position", server.events().head())
        .expectBody()
        .json(
            """
            {"cartId": "cart-1", "status": "open",
             "items": [
               {"sku": "MUG", "name": "Mug", "quantity": 2,
                "unitPrice": {"amount": 550, "currency": "GBP"},
                "lineTotal": {"amount": 1100, "currency": "GBP"}, "available": 0},
               {"sku": "LAMP", "name": "Lamp", "quantity": 1,
                "unitPrice": {"amount": 1999, "currency": "GBP"},
                "lineTotal": {"amount": 1999, "currency": "GBP"}, "available": 3}],
             "total": {"amount": 3099, "currency": "GBP"}}
            """,
            JsonCompareMode.STRICT);
  }

  @Test
  void showsAnEmptyCartAndOneThatAnOrderHas() {
    CartId cart = opened("cart-2");
    get("cart-2", OWNER.value())
        .expectBody()
        .json(
            "{\"cartId\": \"cart-2\", \"status\": \"open\", \"items\": [], \"total\": null}",
            JsonCompareMode.STRICT);
    OrderId order = new OrderId("ord-1");
    server.record(new CartCheckedOut(cart, order));
    get("cart-2", OWNER.value()).expectBody().jsonPath("$.status").isEqualTo("checked-out");
    server.record(new CartReopened(cart, order));
    get("cart-2", OWNER.value()).expectBody().jsonPath("$.status").isEqualTo("open");
  }

  @Test
  void showsALineWithoutPriceWhenItsProductIsNotListed() {
    CartId cart = opened("cart-3");
    Sku gone = new Sku("GONE");
    server.record(
        new Shelf("GONE", "Gone", "", "", 100, 0).added(),
        new CartItemSet(cart, gone, 1),
        new CartItemSet(cart, MUG, 1),
        new ProductDelisted(gone));
    get("cart-3", OWNER.value())
        .expectBody()
        .jsonPath("$.items[0].sku")
        .isEqualTo("GONE")
        .jsonPath("$.items[0].name")
        .isEmpty()
        .jsonPath("$.items[0].lineTotal")
        .isEmpty()
        .jsonPath("$.total.amount")
        .isEqualTo(550);
  }

  @Test
  void doesNotTellAnothersCartFromNone() {
    opened("cart-4");
    byte[] others = problem("cart-4", "guest-2");
    byte[] none = problem("cart-none", "guest-2");
    assertThat(new String(others)).isEqualTo(new String(none).replace("cart-none", "cart-4"));
    server.client().get().uri("/v1/carts/cart-4").exchange().expectStatus().isUnauthorized();
    assertThat(problem("x".repeat(161), OWNER.value())).isNotEmpty();
  }

  @Test
  void neverTellsATotalThatIsNotExact() {
    CartId cart = opened("cart-6");
    Sku dear = new Sku("DEAR");
    ProductDetails details =
        new ProductDetails(
            "Dear", "", "", "", new Money(Long.MAX_VALUE / 2, "GBP"), Map.of(), null);
    server.record(
        new Shelf("DEAR", "Dear", "", "", 1, 0).added(),
        new ProductChanged(dear, details),
        new CartItemSet(cart, dear, 3));
    get("cart-6", OWNER.value())
        .expectStatus()
        .isEqualTo(422)
        .expectBody()
        .jsonPath("$.code")
        .isEqualTo("amount-too-large");
  }

  @Test
  void hasNoTotalOverSeveralCurrencies() {
    CartId cart = opened("cart-7");
    ProductDetails euros =
        new ProductDetails("Euro", "", "", "", new Money(100, "EUR"), Map.of(), null);
    server.record(
        new Shelf("EURO", "Euro", "", "", 1, 0).added(),
        new ProductChanged(new Sku("EURO"), euros),
        new CartItemSet(cart, new Sku("EURO"), 3),
        new CartItemSet(cart, MUG, 3));
    get("cart-7", OWNER.value())
        .expectStatus()
        .isOk()
        .expectBody()
        .jsonPath("$.items[0].lineTotal.amount")
        .isEqualTo(300)
        .jsonPath("$.total")
        .isEmpty();
  }

  @Test
  void answersOverTheQueryBusAndWaitsForThePositionThere() throws Exception {
    CartId cart = opened("cart-8");
    long position = server.recordOnly(new CartItemSet(cart, LAMP, 2));
    var asked = queries.query(new FindCart(cart, OWNER, position), CartView.class);
    assertThat(asked).isNotDone();
    server.project();
    CartView view = asked.get(5, TimeUnit.SECONDS);
    assertThat(view.total()).isEqualTo(new Money(3_998, "GBP"));

    assertThat(
            queries
                .query(new FindCart(cart, new CustomerId("guest-2"), 0), CartView.class)
                .get(5, TimeUnit.SECONDS))
        .isNull();
    assertThatThrownBy(
            () ->
                queries
                    .query(new FindOffers(List.of(LAMP), 1_000_000), Offers.class)
                    .get(5, TimeUnit.SECONDS))
        .isInstanceOf(ExecutionException.class)
        .cause()
        .isInstanceOfSatisfying(
            Problem.class,
            problem -> assertThat(problem.code()).isEqualTo(ErrorCode.READ_MODEL_BEHIND));
  }

  @Test
  void offersWhatIsListedOfManySkus() throws Exception {
    List<Sku> skus = new ArrayList<>(List.of(LAMP, MUG, LAMP));
    for (int i = 0; i < 9_997; i++) {
      skus.add(new Sku("NONE-" + i));
    }
    Offers offers = queries.query(new FindOffers(skus, 0), Offers.class).get(10, TimeUnit.SECONDS);
    assertThat(offers.offers())
        .containsExactlyInAnyOrder(
            new Offer(LAMP, "Lamp", new Money(1_999, "GBP"), 3),
            new Offer(MUG, "Mug", new Money(550, "GBP"), 0));
  }

  private static CartId opened(String id) {
    CartId cart = new CartId(id);
    server.record(new CartOpened(cart, OWNER));
    return cart;
  }

  private static WebTestClient.ResponseSpec get(String cart, String subject) {
    return server.client(subject, Caller.CUSTOMER).get().uri("/v1/carts/" + cart).exchange();
  }

  private static byte[] problem(String cart, String subject) {
    return get(cart, subject)
        .expectStatus()
        .isNotFound()
        .expectBody()
        .returnResult()
        .getResponseBody();
  }
}
