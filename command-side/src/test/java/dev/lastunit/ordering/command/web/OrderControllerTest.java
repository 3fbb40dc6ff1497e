package dev.lastunit.ordering.command.web;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lastunit.cart.api.CartCommand.CheckOutCart;
import dev.lastunit.cart.api.CartCommand.OpenCart;
import dev.lastunit.cart.api.CartCommand.ReadCart;
import dev.lastunit.cart.api.CartCommand.SetCartItem;
import dev.lastunit.cart.api.CartContents;
import dev.lastunit.cart.api.CartEvent.CartReopened;
import dev.lastunit.ordering.api.OrderCommand.PlaceOrder;
import dev.lastunit.ordering.api.OrderCommand.ShipOrder;
import dev.lastunit.ordering.api.OrderEvent.OrderCancelled;
import dev.lastunit.ordering.api.OrderEvent.OrderPlaced;
import dev.lastunit.ordering.command.OrderIdSecret;
import dev.lastunit.ordering.command.OrderIds;
import dev.lastunit.shared.api.Caller;
import dev.lastunit.shared.api.CartId;
import dev.lastunit.shared.api.CustomerId;
import dev.lastunit.shared.api.ErrorCode;
import dev.lastunit.shared.api.LocationId;
import dev.lastunit.shared.api.Money;
import dev.lastunit.shared.api.OrderId;
import dev.lastunit.shared.api.Problem;
import dev.lastunit.shared.api.Result;
import dev.lastunit.shared.api.ShipmentId;
import dev.lastunit.shared.api.Sku;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.test.web.reactive.server.WebTestClient;
import org.springframework.test.web.reactive.server.WebTestClient.ResponseSpec;

/** One key is one purchase; every row of the contract's table as a client meets it. */
class OrderControllerTest {

  private static final String ADDRESS =
      """
      {"name": "Ada", "line1": "1 High Street", "city": "London", "postalCode": "N1 1AA",
       "country": "GB"}\
      """;
  private static final String TWO_LAMPS = "\"items\": [{\"sku\": \"LAMP\", \"quantity\": 2}]";

  private static CommandSideServer server;
  private static OtherSides.Catalogue catalogue;
  private static OtherSides.Orders orders;
  private static final OrderIds IDS =
      new OrderIds(new OrderIdSecret("0123456789abcdef".getBytes(StandardCharsets.US_ASCII)));

  /** Of the test that runs, so that tests do not meet. */
  private CustomerId buyer;

  private WebTestClient client;

  @BeforeAll
  static void start() {
    catalogue = new OtherSides.Catalogue();
    server =
        new CommandSideServer(
            store -> {
              orders = new OtherSides.Orders(store);
              return List.of(catalogue, orders);
            },
            Map.of("lastunit.ordering.max-lines", 3),
            DecisionWatches.class,
            OrderController.class);
    server.live().watchAll(new OtherSides.Process(server.commands())::see);
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  @BeforeEach
  void setUp(TestInfo test) {
    var name = test.getTestMethod().orElseThrow().getName() + test.getDisplayName();
    buyer = new CustomerId(name.replaceAll("[^!-~]", "_"));
    client = server.client(buyer.value(), Caller.CUSTOMER);
    catalogue.prices.clear();
    price("LAMP", 1250, "EUR");
    price("DESK", 9900, "EUR");
    orders.late = false;
    server.commands().reset();
  }

  /** The process's own watch stays, every request's is closed. */
  @AfterEach
  void everyWatchIsClosed() {
    eventually(() -> server.openWatches() == 1);
  }

  @Test
  void answersAConfirmedOrder() {
    order("key", body(TWO_LAMPS, "tok_ok"))
        .expectStatus()
        .isCreated()
        .expectHeader()
        .location("/v1/orders/" + id("key"))
        .expectHeader()
        .exists("Event-Position")
        .expectHeader()
        .doesNotExist("Idempotency-Replayed")
        .expectBody()
        .jsonPath("$.orderId")
        .isEqualTo(id("key").value())
        .jsonPath("$.status")
        .isEqualTo("confirmed")
        .jsonPath("$.total.amount")
        .isEqualTo(2500)
        .jsonPath("$.items[0].unitPrice.amount")
        .isEqualTo(1250);
  }

  @Test
  void recordsWhatWasOrderedAndByWhom() {
    order("key", body(TWO_LAMPS, "tok_ok")).expectStatus().isCreated();

    var placed = (OrderPlaced) events("key").getFirst();
    assertThat(placed.customerId()).isEqualTo(buyer);
    assertThat(placed.idempotencyKey()).isEqualTo("key");
    assertThat(placed.cartId()).isNull();
    assertThat(placed.total()).isEqualTo(new Money(2500, "EUR"));
    assertThat(placed.shippingAddress().country()).isEqualTo("GB");
    assertThat(placed.payment().token()).isEqualTo("tok_ok");
  }

  /** The best of several, since a busy machine makes slow but never fast. */
  @Test
  void answersAtOnceWhenNobodyWantsToWait() {
    var fastest = Duration.ofDays(1);
    for (int i = 0; i < 10 && fastest.compareTo(WaitPreference.DEFAULT) >= 0; i++) {
      var begin = Instant.now();
      order("key-" + i, body(TWO_LAMPS, "tok_never"), "wait=0")
          .expectStatus()
          .isAccepted()
          .expectHeader()
          .valueEquals("Preference-Applied", "wait=0")
          .expectHeader()
          .location("/v1/orders/" + id("key-" + i))
          .expectBody()
          .jsonPath("$.status")
          .isEqualTo("placed");
      fastest = Duration.between(begin, Instant.now());
    }

    assertThat(fastest).isLessThan(WaitPreference.DEFAULT);
  }

  @Test
  void answersWithTheOrderAsItStandsWhenTheWaitIsOver() {
    var begin = Instant.now();

    order("key", body(TWO_LAMPS, "tok_never"), "wait=1")
        .expectStatus()
        .isAccepted()
        .expectBody()
        .jsonPath("$.status")
        .isEqualTo("placed");

    assertThat(Duration.between(begin, Instant.now())).isGreaterThan(Duration.ofMillis(950));
  }

  @Test
  void tellsEachShortageAndTheOrder() {
    order("key", body(TWO_LAMPS, "tok_out"))
        .expectStatus()
        .isEqualTo(409)
        .expectHeader()
        .exists("Event-Position")
        .expectBody()
        .jsonPath("$.type")
        .isEqualTo("/problems/out-of-stock")
        .jsonPath("$.orderId")
        .isEqualTo(id("key").value())
        .jsonPath("$.shortages[0].sku")
        .isEqualTo("LAMP")
        .jsonPath("$.shortages[0].requested")
        .isEqualTo(2)
        .jsonPath("$.shortages[0].available")
        .isEqualTo(1);
  }

  @Test
  void repeatsTheShortagesInAReplay() {
    order("key", body(TWO_LAMPS, "tok_out")).expectStatus().isEqualTo(409);

    order("key", body(TWO_LAMPS, "tok_out"))
        .expectStatus()
        .isEqualTo(409)
        .expectHeader()
        .valueEquals("Idempotency-Replayed", "true")
        .expectBody()
        .jsonPath("$.orderId")
        .isEqualTo(id("key").value())
        .jsonPath("$.shortages[0].sku")
        .isEqualTo("LAMP");
  }

  @ParameterizedTest
  @CsvSource({
    "tok_declined, 402, /problems/payment-declined",
    "tok_expired, 409, /problems/reservation-expired"
  })
  void tellsWhyAnOrderWasRejectedNowAndInAReplay(String token, int status, String type) {
    for (var replayed : List.of(false, true)) {
      var response = order("key", body(TWO_LAMPS, token)).expectStatus().isEqualTo(status);
      if (replayed) {
        response.expectHeader().valueEquals("Idempotency-Replayed", "true");
      } else {
        response.expectHeader().doesNotExist("Idempotency-Replayed");
      }
      response
          .expectBody()
          .jsonPath("$.type")
          .isEqualTo(type)
          .jsonPath("$.orderId")
          .isEqualTo(id("key").value())
          .jsonPath("$.shortages")
          .doesNotExist();
    }
  }

  @Test
  void answersACancelledOrderWithTheOrder() {
    for (var replay : List.of(false, true)) {
      var response = order("key", body(TWO_LAMPS, "tok_cancelled")).expectStatus().isOk();
      if (replay) {
        response.expectHeader().valueEquals("Idempotency-Replayed", "true");
      }
      response.expectBody().jsonPath("$.status").isEqualTo("cancelled");
    }
  }

  @Test
  void tellsTheTotalWhenAnotherIsExpectedAndOrdersNothing() {
    order("key", expecting(2499, "EUR"))
        .expectStatus()
        .isEqualTo(409)
        .expectBody()
        .jsonPath("$.type")
        .isEqualTo("/problems/price-changed")
        .jsonPath("$.total.amount")
        .isEqualTo(2500)
        .jsonPath("$.total.currency")
        .isEqualTo("EUR")
        .jsonPath("$.orderId")
        .doesNotExist();

    assertThat(events("key")).isEmpty();
    order("key", expecting(2500, "EUR")).expectStatus().isCreated();
  }

  @Test
  void needsAKey() {
    post(body(TWO_LAMPS, "tok_ok"))
        .expectStatus()
        .isBadRequest()
        .expectBody()
        .jsonPath("$.type")
        .isEqualTo("/problems/idempotency-key-missing");
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 256})
  void needsAKeyOfTheRightLength(int length) {
    invalidKey("k".repeat(length));
  }

  @ParameterizedTest
  @ValueSource(strings = {"two words", "caf\u00e9", "tab\there"})
  void needsAKeyOfVisibleAscii(String key) {
    invalidKey(key);
  }

  @Test
  void needsOneKey() {
    invalidKey("one", "two");
  }

  @Test
  void takesTheLongestKey() {
    order("~".repeat(255), body(TWO_LAMPS, "tok_ok")).expectStatus().isCreated();
  }

  @Test
  void replaysWithoutBuyingAgain() {
    order("key", body(TWO_LAMPS, "tok_ok")).expectStatus().isCreated();

    order("key", body(TWO_LAMPS, "tok_ok"))
        .expectStatus()
        .isCreated()
        .expectHeader()
        .valueEquals("Idempotency-Replayed", "true")
        .expectHeader()
        .location("/v1/orders/" + id("key"))
        .expectBody()
        .jsonPath("$.orderId")
        .isEqualTo(id("key").value());
    assertThat(events("key")).hasSize(3);
  }

  @Test
  void replaysWithThePricesOfThen() {
    order("key", expecting(2500, "EUR")).expectStatus().isCreated();
    price("LAMP", 1, "GBP");

    order("key", expecting(2500, "EUR"))
        .expectStatus()
        .isCreated()
        .expectHeader()
        .valueEquals("Idempotency-Replayed", "true")
        .expectBody()
        .jsonPath("$.total.amount")
        .isEqualTo(2500);
  }

  @Test
  void replaysWhatIsNotListedAnyMore() {
    order("key", body(TWO_LAMPS, "tok_ok")).expectStatus().isCreated();
    catalogue.prices.clear();

    order("key", body(TWO_LAMPS, "tok_ok"))
        .expectStatus()
        .isCreated()
        .expectHeader()
        .valueEquals("Idempotency-Replayed", "true");
  }

  @Test
  void replaysWithTheOutcomeThatWasReachedSince() {
    order("key", body(TWO_LAMPS, "tok_never"), "wait=0").expectStatus().isAccepted();
    new OtherSides.Process(server.commands()).confirm((OrderPlaced) events("key").getFirst());
    eventually(() -> events("key").size() == 3);

    order("key", body(TWO_LAMPS, "tok_never"))
        .expectStatus()
        .isCreated()
        .expectHeader()
        .valueEquals("Idempotency-Replayed", "true");
  }

  @Test
  void letsAReplayWaitForTheDecisionToo() {
    order("key", body(TWO_LAMPS, "tok_never"), "wait=0").expectStatus().isAccepted();
    var replay =
        CompletableFuture.supplyAsync(
            () -> order("key", body(TWO_LAMPS, "tok_never"), "wait=20").returnResult());
    eventually(() -> server.openWatches() == 2);
    new OtherSides.Process(server.commands()).confirm((OrderPlaced) events("key").getFirst());

    assertThat(replay.orTimeout(20, TimeUnit.SECONDS).join().getStatus().value()).isEqualTo(201);
  }

  @Test
  void refusesAnotherRequestUnderTheKey() {
    order("key", body(TWO_LAMPS, "tok_ok")).expectStatus().isCreated();

    keyReused(body("\"items\": [{\"sku\": \"LAMP\", \"quantity\": 3}]", "tok_ok"));
    keyReused(body(TWO_LAMPS, "tok_other"));
    keyReused(expecting(2500, "EUR"));
    assertThat(events("key")).hasSize(3);
  }

  @Test
  void refusesAnotherRequestUnderTheKeyThatCouldNotBePricedEither() {
    order("key", body(TWO_LAMPS, "tok_ok")).expectStatus().isCreated();

    keyReused(body("\"items\": [{\"sku\": \"GHOST\", \"quantity\": 3}]", "tok_ok"));
    keyReused(expecting(1, "EUR"));
    keyReused(body(skus(4), "tok_ok"));
    keyReused(body("\"cartId\": \"no-such-cart\"", "tok_ok"));
  }

  @Test
  void tellsWhichSkusAreNotListed() {
    order(
            "key",
            body(
                "\"items\": [{\"sku\": \"GHOST\", \"quantity\": 1}, {\"sku\": \"LAMP\","
                    + " \"quantity\": 1}]",
                "tok_ok"))
        .expectStatus()
        .isEqualTo(422)
        .expectBody()
        .jsonPath("$.type")
        .isEqualTo("/problems/invalid-order")
        .jsonPath("$.violations.length()")
        .isEqualTo(1)
        .jsonPath("$.violations[0].field")
        .isEqualTo("items[0].sku");
    assertThat(events("key")).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"0", "-1", "2.5", "1000001", "4294967298", "1e30", "null"})
  void takesWholeQuantitiesOnly(String quantity) {
    order("key", body("\"items\": [{\"sku\": \"LAMP\", \"quantity\": " + quantity + "}]", "tok_ok"))
        .expectStatus()
        .isEqualTo(422)
        .expectBody()
        .jsonPath("$.type")
        .isEqualTo("/problems/invalid-order")
        .jsonPath("$.violations[0].field")
        .isEqualTo("items[0].quantity");
  }

  @Test
  void tellsEverythingThatIsWrongAtOnce() {
    order("key", "{\"items\": []}")
        .expectStatus()
        .isEqualTo(422)
        .expectBody()
        .jsonPath("$.violations[*].field")
        .value(
            fields ->
                assertThat(fields)
                    .asInstanceOf(InstanceOfAssertFactories.LIST)
                    .containsExactly("items", "shippingAddress", "payment"));
  }

  @Test
  void takesAsManySkusAsAreConfigured() {
    order("three", body(skus(3), "tok_ok")).expectStatus().isCreated();
    order("four", body(skus(4), "tok_ok"))
        .expectStatus()
        .isEqualTo(422)
        .expectBody()
        .jsonPath("$.violations[0].message")
        .isEqualTo("must have at most 3 different SKUs");
  }

  @Test
  void countsAnItemThatIsWrittenTwiceAsOneLine() {
    order(
            "key",
            body(
                "\"items\": [{\"sku\": \"LAMP\", \"quantity\": 1}, {\"sku\": \"DESK\","
                    + " \"quantity\": 1}, {\"sku\": \"LAMP\", \"quantity\": 4}]",
                "tok_ok"))
        .expectStatus()
        .isCreated()
        .expectBody()
        .jsonPath("$.items.length()")
        .isEqualTo(2)
        .jsonPath("$.items[0].quantity")
        .isEqualTo(5);

    order(
            "key",
            body(
                "\"items\": [{\"quantity\": 1, \"sku\": \"DESK\"}, {\"sku\": \"LAMP\","
                    + " \"quantity\": 5}]",
                "tok_ok"))
        .expectStatus()
        .isCreated()
        .expectHeader()
        .valueEquals("Idempotency-Replayed", "true");
  }

  @Test
  void refusesATotalThatDoesNotFit() {
    price("LAMP", Long.MAX_VALUE, "EUR");

    order("key", body(TWO_LAMPS, "tok_ok"))
        .expectStatus()
        .isEqualTo(422)
        .expectBody()
        .jsonPath("$.type")
        .isEqualTo("/problems/amount-too-large");
    assertThat(events("key")).isEmpty();
  }

  @Test
  void mixesNoCurrencies() {
    price("DESK", 9900, "GBP");

    order(
            "key",
            body(
                "\"items\": [{\"sku\": \"LAMP\", \"quantity\": 1}, {\"sku\": \"DESK\","
                    + " \"quantity\": 1}]",
                "tok_ok"))
        .expectStatus()
        .isEqualTo(422)
        .expectBody()
        .jsonPath("$.violations[0].field")
        .isEqualTo("items[1].sku");
  }

  @Test
  void keepsTheKeysOfTwoSubjectsApart() {
    var other = server.client("other-" + buyer, Caller.CUSTOMER);
    order("key", body(TWO_LAMPS, "tok_ok")).expectStatus().isCreated();

    other
        .post()
        .uri("/v1/orders")
        .header("Idempotency-Key", "key")
        .contentType(MediaType.APPLICATION_JSON)
        .bodyValue(body("\"items\": [{\"sku\": \"DESK\", \"quantity\": 1}]", "tok_ok"))
        .exchange()
        .expectStatus()
        .isCreated()
        .expectHeader()
        .doesNotExist("Idempotency-Replayed")
        .expectBody()
        .jsonPath("$.orderId")
        .isEqualTo(IDS.of(new CustomerId("other-" + buyer), "key").value());
  }

  @Test
  void makesOneOrderOfSixteenRequestsAtOnce() {
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      var answers =
          IntStream.range(0, 16)
              .mapToObj(
                  i ->
                      CompletableFuture.supplyAsync(
                          () ->
                              order("key", body(TWO_LAMPS, "tok_ok"), "wait=20")
                                  .expectStatus()
                                  .isCreated()
                                  .returnResult()
                                  .getResponseHeaders(),
                          threads))
              .toList()
              .stream()
              .map(CompletableFuture::join)
              .toList();

      assertThat(answers)
          .allMatch(headers -> headers.getLocation().toString().endsWith(id("key").value()));
      assertThat(answers)
          .filteredOn(headers -> !headers.containsHeader("Idempotency-Replayed"))
          .hasSize(1);
    }
    assertThat(events("key")).hasSize(3);
  }

  @Test
  void asksForPricesAsNewAsTheClientHasSeen() {
    client
        .post()
        .uri("/v1/orders")
        .header("Idempotency-Key", "key")
        .header("Min-Event-Position", "7")
        .contentType(MediaType.APPLICATION_JSON)
        .bodyValue(body(TWO_LAMPS, "tok_ok"))
        .exchange()
        .expectStatus()
        .isCreated();

    assertThat(catalogue.minPosition).isEqualTo(7);
  }

  @Test
  void ordersACartOnce() {
    var cart = cart("LAMP", 2);

    order("key", body(cart(cart), "tok_ok"))
        .expectStatus()
        .isCreated()
        .expectBody()
        .jsonPath("$.total.amount")
        .isEqualTo(2500);
    assertThat(((OrderPlaced) events("key").getFirst()).cartId()).isEqualTo(cart);
    assertThat(contents(cart).checkedOutBy()).isEqualTo(id("key"));

    order("key", body(cart(cart), "tok_ok"))
        .expectStatus()
        .isCreated()
        .expectHeader()
        .valueEquals("Idempotency-Replayed", "true");
    order("another-key", body(cart(cart), "tok_ok"))
        .expectStatus()
        .isEqualTo(409)
        .expectBody()
        .jsonPath("$.type")
        .isEqualTo("/problems/cart-checked-out")
        .jsonPath("$.orderId")
        .isEqualTo(id("key").value());
    assertThat(events("another-key")).isEmpty();
  }

  @Test
  void ordersACartOnceWithSixteenRequestsAtOnce() {
    var cart = cart("LAMP", 2);
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      IntStream.range(0, 16)
          .mapToObj(
              i ->
                  CompletableFuture.runAsync(
                      () ->
                          order("key", body(cart(cart), "tok_ok"), "wait=20")
                              .expectStatus()
                              .isCreated(),
                      threads))
          .toList()
          .forEach(CompletableFuture::join);
    }

    assertThat(events("key")).hasSize(3);
    assertThat(contents(cart).checkedOutBy()).isEqualTo(id("key"));
  }

  @Test
  void doesNotTakeACartAgainThatARejectedOrderGaveBack() {
    var cart = cart("LAMP", 2);
    order("key", body(cart(cart), "tok_declined")).expectStatus().isEqualTo(402);
    eventually(() -> contents(cart).checkedOutBy() == null);
    var before = contents(cart);

    order("key", body(cart(cart), "tok_declined"))
        .expectStatus()
        .isEqualTo(402)
        .expectHeader()
        .valueEquals("Idempotency-Replayed", "true");

    assertThat(contents(cart)).isEqualTo(before);
    order("another-key", body(cart(cart), "tok_ok")).expectStatus().isCreated();
  }

  @Test
  void completesAnOrderThatBrokeOffWithTheCartTaken() {
    var cart = cart("LAMP", 2);
    server.commands().failWith(command -> command instanceof PlaceOrder ? overloaded() : null);
    order("key", body(cart(cart), "tok_ok"))
        .expectStatus()
        .isEqualTo(503)
        .expectBody()
        .jsonPath("$.type")
        .isEqualTo("/problems/overloaded");
    assertThat(contents(cart).checkedOutBy()).isEqualTo(id("key"));
    server.commands().reset();

    order("key", body(cart(cart), "tok_ok"))
        .expectStatus()
        .isCreated()
        .expectHeader()
        .doesNotExist("Idempotency-Replayed");
  }

  @Test
  void givesACartBackWhoseBrokenOffOrderCannotBePlacedAnyMore() {
    var cart = cart("LAMP", 2);
    server.send(new CheckOutCart(cart, buyer, id("key"), contents(cart).revision()));
    catalogue.prices.clear();

    order("key", body(cart(cart), "tok_ok")).expectStatus().isEqualTo(422);

    assertThat(contents(cart).checkedOutBy()).isNull();
    assertThat(server.events(cart.stream())).last().isInstanceOf(CartReopened.class);
  }

  @Test
  void refusesAnEmptyCart() {
    var cart = new CartId("empty-" + buyer);
    server.send(new OpenCart(cart, buyer));

    order("key", body(cart(cart), "tok_ok"))
        .expectStatus()
        .isEqualTo(422)
        .expectBody()
        .jsonPath("$.violations[0].message")
        .isEqualTo("the cart is empty");
  }

  @Test
  void knowsNoCartOfAnotherAndSaysSoInTheSameWords() {
    var theirs = new CartId("theirs-" + buyer);
    server.send(new OpenCart(theirs, new CustomerId("somebody-else")));

    for (var cart : List.of(theirs, new CartId("no-such-cart"))) {
      order("key", body(cart(cart), "tok_ok"))
          .expectStatus()
          .isNotFound()
          .expectBody()
          .jsonPath("$.detail")
          .isEqualTo("There is no such cart");
    }
  }

  @Test
  void answersWithWhatIsKnownWhenTheReadModelIsLate() {
    orders.late = true;

    order("key", body(TWO_LAMPS, "tok_ok"))
        .expectStatus()
        .isAccepted()
        .expectHeader()
        .location("/v1/orders/" + id("key"))
        .expectBody()
        .jsonPath("$.status")
        .isEqualTo("confirmed")
        .jsonPath("$.total.amount")
        .isEqualTo(2500)
        .jsonPath("$.items[0].lineTotal.amount")
        .isEqualTo(2500);
    order("key", body(TWO_LAMPS, "tok_ok"))
        .expectStatus()
        .isAccepted()
        .expectHeader()
        .valueEquals("Idempotency-Replayed", "true")
        .expectBody()
        .jsonPath("$.status")
        .isEqualTo("confirmed")
        .jsonPath("$.total")
        .isEmpty();
  }

  @Test
  void tellsARejectionThoughTheReadModelIsLate() {
    orders.late = true;

    order("key", body(TWO_LAMPS, "tok_out"))
        .expectStatus()
        .isEqualTo(409)
        .expectBody()
        .jsonPath("$.shortages[0].sku")
        .isEqualTo("LAMP");
    order("key", body(TWO_LAMPS, "tok_out"))
        .expectStatus()
        .isEqualTo(409)
        .expectBody()
        .jsonPath("$.orderId")
        .isEqualTo(id("key").value());
  }

  @Test
  void saysThatNothingHappenedWhenItIsOverloaded() {
    server.commands().failWith(command -> command instanceof PlaceOrder ? overloaded() : null);
    order("key", body(TWO_LAMPS, "tok_ok")).expectStatus().isEqualTo(503);
    server.commands().reset();

    order("key", body(TWO_LAMPS, "tok_ok"))
        .expectStatus()
        .isCreated()
        .expectHeader()
        .doesNotExist("Idempotency-Replayed");
  }

  /**
   * Goal: a purchase that has begun survives its client. Method: a socket that is closed after the
   * request.
   */
  @Test
  void bringsAnOrderToItsEndThoughTheClientHasGone() throws Exception {
    var body = body(TWO_LAMPS, "tok_never").getBytes(StandardCharsets.UTF_8);
    try (var socket = new Socket("localhost", server.port())) {
      var out = socket.getOutputStream();
      out.write(
          ("POST /v1/orders HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
                  + "Idempotency-Key: key\r\nPrefer: wait=30\r\nX-Roles: customer\r\nX-Subject: "
                  + buyer
                  + "\r\nContent-Length: "
                  + body.length
                  + "\r\n\r\n")
              .getBytes(StandardCharsets.US_ASCII));
      out.write(body);
      out.flush();
      eventually(() -> server.openWatches() == 2 && !events("key").isEmpty());
    }

    eventually(() -> server.openWatches() == 1);
    assertThat(events("key")).hasSize(1);
  }

  @Test
  void cancelsForTheBuyer() {
    order("key", body(TWO_LAMPS, "tok_ok")).expectStatus().isCreated();

    cancel(client, id("key"), "{\"reason\": \"changed my mind\"}")
        .expectStatus()
        .isOk()
        .expectHeader()
        .exists("Event-Position")
        .expectBody()
        .jsonPath("$.status")
        .isEqualTo("cancelled");
    assertThat(((OrderCancelled) events("key").getLast()).reason()).isEqualTo("changed my mind");
    cancel(client, id("key"), "{}").expectStatus().isOk();
    assertThat(events("key")).hasSize(4);
  }

  @Test
  void cancelsForAnOperator() {
    order("key", body(TWO_LAMPS, "tok_never"), "wait=0").expectStatus().isAccepted();

    cancel(server.client("operator", Caller.OPERATOR), id("key"), "{}").expectStatus().isOk();
  }

  @Test
  void knowsNoOrderOfAnotherAndSaysSoInTheSameWords() {
    order("key", body(TWO_LAMPS, "tok_ok")).expectStatus().isCreated();
    var stranger = server.client("stranger", Caller.CUSTOMER);

    for (var orderId : List.of(id("key"), new OrderId("ord-none"))) {
      cancel(stranger, orderId, "{}")
          .expectStatus()
          .isNotFound()
          .expectBody()
          .jsonPath("$.detail")
          .isEqualTo("There is no such order");
    }
    assertThat(events("key")).hasSize(3);
  }

  @Test
  void refusesToCancelWhatHasLeft() {
    order("key", body(TWO_LAMPS, "tok_ok")).expectStatus().isCreated();
    server.send(new ShipOrder(id("key"), ShipmentId.of(id("key"), new LocationId("north"))));

    cancel(client, id("key"), "{}")
        .expectStatus()
        .isEqualTo(409)
        .expectBody()
        .jsonPath("$.type")
        .isEqualTo("/problems/not-cancellable")
        .jsonPath("$.status")
        .isEqualTo("shipped");
  }

  @Test
  void boundsTheReason() {
    order("key", body(TWO_LAMPS, "tok_ok")).expectStatus().isCreated();

    cancel(client, id("key"), "{\"reason\": \"" + "x".repeat(501) + "\"}")
        .expectStatus()
        .isEqualTo(422)
        .expectBody()
        .jsonPath("$.violations[0].field")
        .isEqualTo("reason");
    cancel(client, id("key"), "{\"reason\": \"" + "x".repeat(500) + "\"}").expectStatus().isOk();
  }

  @Test
  void answersACancellationThoughTheReadModelIsLate() {
    order("key", body(TWO_LAMPS, "tok_ok")).expectStatus().isCreated();
    orders.late = true;

    cancel(client, id("key"), "{}")
        .expectStatus()
        .isOk()
        .expectBody()
        .jsonPath("$.status")
        .isEqualTo("cancelled");
  }

  private void invalidKey(String... keys) {
    client
        .post()
        .uri("/v1/orders")
        .header("Idempotency-Key", keys)
        .contentType(MediaType.APPLICATION_JSON)
        .bodyValue(body(TWO_LAMPS, "tok_ok"))
        .exchange()
        .expectStatus()
        .isBadRequest()
        .expectBody()
        .jsonPath("$.type")
        .isEqualTo("/problems/idempotency-key-invalid");
  }

  private void keyReused(String body) {
    order("key", body)
        .expectStatus()
        .isEqualTo(422)
        .expectBody()
        .jsonPath("$.type")
        .isEqualTo("/problems/idempotency-key-reused");
  }

  private ResponseSpec order(String key, String body) {
    return order(key, body, "wait=20");
  }

  private ResponseSpec order(String key, String body, String prefer) {
    return client
        .post()
        .uri("/v1/orders")
        .header("Idempotency-Key", key)
        .header("Prefer", prefer)
        .contentType(MediaType.APPLICATION_JSON)
        .bodyValue(body)
        .exchange();
  }

  private ResponseSpec post(String body) {
    return client
        .post()
        .uri("/v1/orders")
        .contentType(MediaType.APPLICATION_JSON)
        .bodyValue(body)
        .exchange();
  }

  private static ResponseSpec cancel(WebTestClient caller, OrderId orderId, String body) {
    return caller
        .post()
        .uri("/v1/orders/{orderId}/cancellation", orderId.value())
        .header(HttpHeaders.CONTENT_TYPE, MediaType.APPLICATION_JSON_VALUE)
        .bodyValue(body)
        .exchange();
  }

  private static String body(String what, String token) {
    return "{"
        + what
        + ", \"shippingAddress\": "
        + ADDRESS
        + ", \"payment\": {\"method\": \"card\", \"token\": \""
        + token
        + "\"}}";
  }

  private static String expecting(long amount, String currency) {
    return body(
        TWO_LAMPS
            + ", \"expectedTotal\": {\"amount\": "
            + amount
            + ", \"currency\": \""
            + currency
            + "\"}",
        "tok_ok");
  }

  private static String cart(CartId cartId) {
    return "\"cartId\": \"" + cartId + "\"";
  }

  private static String skus(int count) {
    var items =
        IntStream.range(0, count)
            .peek(i -> price("S" + i, 100, "EUR"))
            .mapToObj(i -> "{\"sku\": \"S" + i + "\", \"quantity\": 1}")
            .toList();
    return "\"items\": [" + String.join(", ", items) + "]";
  }

  private CartId cart(String sku, int quantity) {
    var cart = new CartId("cart-of-" + buyer);
    server.send(new OpenCart(cart, buyer));
    server.send(new SetCartItem(cart, buyer, new Sku(sku), quantity));
    return cart;
  }

  private CartContents contents(CartId cart) {
    return ((Result.Accepted<CartContents>) server.send(new ReadCart(cart, buyer))).value();
  }

  private OrderId id(String key) {
    return IDS.of(buyer, key);
  }

  private List<?> events(String key) {
    return server.events(id(key).stream());
  }

  private static void price(String sku, long amount, String currency) {
    catalogue.prices.put(new Sku(sku), new Money(amount, currency));
  }

  private static Problem overloaded() {
    return new Problem(ErrorCode.OVERLOADED, "full, as the test wants it");
  }

  private static void eventually(BooleanSupplier condition) {
    var deadline = Instant.now().plusSeconds(20);
    while (!condition.getAsBoolean()) {
      assertThat(Instant.now()).isBefore(deadline);
      try {
        Thread.sleep(2);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IllegalStateException(e);
      }
    }
  }
}
