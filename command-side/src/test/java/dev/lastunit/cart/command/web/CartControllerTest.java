package dev.lastunit.cart.command.web;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lastunit.cart.api.CartCommand.CheckOutCart;
import dev.lastunit.cart.api.CartCommand.ReadCart;
import dev.lastunit.cart.api.CartContents;
import dev.lastunit.cart.api.CartEvent.CartItemRemoved;
import dev.lastunit.cart.api.CartEvent.CartItemSet;
import dev.lastunit.cart.api.CartEvent.CartOpened;
import dev.lastunit.cart.api.CartQuery.CartLineView;
import dev.lastunit.cart.api.CartQuery.CartView;
import dev.lastunit.cart.api.CartQuery.FindCart;
import dev.lastunit.catalogue.api.CatalogueQuery.FindPrices;
import dev.lastunit.catalogue.api.CatalogueQuery.PricedProduct;
import dev.lastunit.catalogue.api.CatalogueQuery.Prices;
import dev.lastunit.ordering.command.web.CommandSideServer;
import dev.lastunit.shared.api.Caller;
import dev.lastunit.shared.api.CartId;
import dev.lastunit.shared.api.CustomerId;
import dev.lastunit.shared.api.ErrorCode;
import dev.lastunit.shared.api.Money;
import dev.lastunit.shared.api.OrderId;
import dev.lastunit.shared.api.Problem;
import dev.lastunit.shared.api.Result;
import dev.lastunit.shared.api.Sku;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import org.axonframework.eventsourcing.eventstore.EventStore;
import org.axonframework.queryhandling.QueryHandler;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.http.MediaType;
import org.springframework.test.web.reactive.server.WebTestClient;
import org.springframework.test.web.reactive.server.WebTestClient.ResponseSpec;

/** Carts as clients meet them. */
class CartControllerTest {

  private static final CustomerId OWNER = new CustomerId("owner");

  private static CommandSideServer server;
  private static QuerySide querySide;

  private final WebTestClient client = server.client(OWNER.value(), Caller.CUSTOMER);
  private final WebTestClient stranger = server.client("stranger", Caller.CUSTOMER);
  private CartId cart;

  /** Prices as a test sets them, carts folded from the event store. */
  static final class QuerySide {

    private final EventStore store;
    private final Set<Sku> listed = ConcurrentHashMap.newKeySet();
    private volatile long minPositionOfPrices;
    private volatile long minPositionOfCart;
    private volatile boolean late;

    QuerySide(EventStore store) {
      this.store = store;
    }

    @QueryHandler
    CompletableFuture<Prices> handle(FindPrices query) {
      minPositionOfPrices = query.minPosition();
      return CompletableFuture.completedFuture(
          new Prices(
              query.skus().stream()
                  .filter(listed::contains)
                  .map(sku -> new PricedProduct(sku, "Name of " + sku, new Money(100, "EUR")))
                  .toList()));
    }

    @QueryHandler
    CompletableFuture<CartView> handle(FindCart query) {
      minPositionOfCart = query.minPosition();
      if (late) {
        return CompletableFuture.failedFuture(
            new Problem(ErrorCode.READ_MODEL_BEHIND, "late, as the test wants it"));
      }
      var items = new ArrayList<CartLineView>();
      for (var event : CommandSideServer.events(store, query.cartId().stream())) {
        if (event instanceof CartItemSet set) {
          items.removeIf(line -> line.sku().equals(set.sku()));
          items.add(new CartLineView(set.sku(), null, set.quantity(), null, null, 0));
        } else if (event instanceof CartItemRemoved removed) {
          items.removeIf(line -> line.sku().equals(removed.sku()));
        }
      }
      return CompletableFuture.completedFuture(new CartView(query.cartId(), items, null, "open"));
    }
  }

  @BeforeAll
  static void start() {
    server =
        new CommandSideServer(
            store -> {
              querySide = new QuerySide(store);
              return List.of(querySide);
            },
            Map.of(),
            CartController.class);
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  @BeforeEach
  void openACart() {
    querySide.late = false;
    querySide.listed.clear();
    querySide.listed.add(new Sku("LAMP"));
    var answer =
        client
            .post()
            .uri("/v1/carts")
            .exchange()
            .expectStatus()
            .isCreated()
            .expectHeader()
            .exists("Event-Position")
            .returnResult(Map.class);
    cart = new CartId((String) answer.getResponseBody().blockFirst().get("cartId"));
    assertThat(answer.getResponseHeaders().getLocation().toString()).isEqualTo("/v1/carts/" + cart);
  }

  @Test
  void opensACartForItsCaller() {
    assertThat(server.events(cart.stream())).containsExactly(new CartOpened(cart, OWNER));
  }

  @Test
  void setsAQuantityAndAnswersTheCart() {
    set(client, "LAMP", "2")
        .expectStatus()
        .isOk()
        .expectHeader()
        .valueEquals("Event-Position", Long.toString(querySide.minPositionOfCart))
        .expectBody()
        .jsonPath("$.cartId")
        .isEqualTo(cart.value())
        .jsonPath("$.items[0].sku")
        .isEqualTo("LAMP")
        .jsonPath("$.items[0].quantity")
        .isEqualTo(2);
    assertThat(querySide.minPositionOfCart).isPositive();
  }

  @Test
  void takesAnItemOutByZeroAndByDelete() {
    set(client, "LAMP", "2").expectStatus().isOk();
    set(client, "LAMP", "0").expectStatus().isOk().expectBody().jsonPath("$.items").isEmpty();
    set(client, "LAMP", "2").expectStatus().isOk();
    delete(client, "LAMP").expectStatus().isOk().expectBody().jsonPath("$.items").isEmpty();
    delete(client, "LAMP").expectStatus().isOk();

    assertThat(contents().items()).isEmpty();
  }

  @Test
  void takesOutWhatIsNotListedAnyMore() {
    set(client, "LAMP", "2").expectStatus().isOk();
    querySide.listed.clear();

    set(client, "LAMP", "0").expectStatus().isOk();

    assertThat(contents().items()).isEmpty();
  }

  @Test
  void putsInOnlyWhatIsListed() {
    set(client, "GHOST", "1")
        .expectStatus()
        .isEqualTo(422)
        .expectBody()
        .jsonPath("$.type")
        .isEqualTo("/problems/invalid-field")
        .jsonPath("$.violations[0].field")
        .isEqualTo("sku");
    assertThat(contents().items()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"-1", "1000001", "2.5", "1e30", "null"})
  void takesWholeQuantitiesOnly(String quantity) {
    set(client, "LAMP", quantity)
        .expectStatus()
        .isEqualTo(422)
        .expectBody()
        .jsonPath("$.violations[0].field")
        .isEqualTo("quantity");
  }

  @Test
  void takesAMillionUnits() {
    set(client, "LAMP", "1000000").expectStatus().isOk();
  }

  @Test
  void refusesWhatIsNoSku() {
    set(client, "-", "1")
        .expectStatus()
        .isEqualTo(422)
        .expectBody()
        .jsonPath("$.violations[0].field")
        .isEqualTo("sku");
    delete(client, "-").expectStatus().isEqualTo(422);
  }

  @Test
  void looksAtACatalogueAsNewAsTheClientHasSeen() {
    client
        .put()
        .uri("/v1/carts/{cart}/items/{sku}", cart.value(), "LAMP")
        .header("Min-Event-Position", "7")
        .contentType(MediaType.APPLICATION_JSON)
        .bodyValue("{\"quantity\": 1}")
        .exchange()
        .expectStatus()
        .isOk();
    assertThat(querySide.minPositionOfPrices).isEqualTo(7);
  }

  @ParameterizedTest
  @ValueSource(strings = {"-1", "x", "9999999999999999999"})
  void refusesAPositionThatIsNone(String position) {
    client
        .put()
        .uri("/v1/carts/{cart}/items/{sku}", cart.value(), "LAMP")
        .header("Min-Event-Position", position)
        .contentType(MediaType.APPLICATION_JSON)
        .bodyValue("{\"quantity\": 1}")
        .exchange()
        .expectStatus()
        .isEqualTo(422)
        .expectBody()
        .jsonPath("$.violations[0].field")
        .isEqualTo("Min-Event-Position");
  }

  @Test
  void knowsNoCartOfAnotherAndSaysSoInTheSameWords() {
    var theirs = cart;
    for (var id : List.of(theirs, new CartId("no-such-cart"))) {
      cart = id;
      for (var response : List.of(set(stranger, "LAMP", "1"), delete(stranger, "LAMP"))) {
        response
            .expectStatus()
            .isNotFound()
            .expectBody()
            .jsonPath("$.detail")
            .isEqualTo("There is no such cart");
      }
    }
  }

  @Test
  void changesNoMoreOnceAnOrderHasIt() {
    set(client, "LAMP", "2").expectStatus().isOk();
    server.send(new CheckOutCart(cart, OWNER, new OrderId("ord-1"), contents().revision()));

    set(client, "LAMP", "3")
        .expectStatus()
        .isEqualTo(409)
        .expectBody()
        .jsonPath("$.type")
        .isEqualTo("/problems/cart-checked-out")
        .jsonPath("$.orderId")
        .isEqualTo("ord-1");
  }

  @Test
  void saysWhenTheReadModelIsLateAndHasSetTheItem() {
    querySide.late = true;

    set(client, "LAMP", "2").expectStatus().isEqualTo(503);

    assertThat(contents().items()).containsEntry(new Sku("LAMP"), 2);
  }

  private ResponseSpec set(WebTestClient caller, String sku, String quantity) {
    return caller
        .put()
        .uri("/v1/carts/{cart}/items/{sku}", cart.value(), sku)
        .contentType(MediaType.APPLICATION_JSON)
        .bodyValue("{\"quantity\": " + quantity + "}")
        .exchange();
  }

  private ResponseSpec delete(WebTestClient caller, String sku) {
    return caller.delete().uri("/v1/carts/{cart}/items/{sku}", cart.value(), sku).exchange();
  }

  private CartContents contents() {
    return ((Result.Accepted<CartContents>) server.send(new ReadCart(cart, OWNER))).value();
  }
}
