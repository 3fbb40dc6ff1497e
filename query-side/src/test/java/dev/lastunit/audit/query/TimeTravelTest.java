package dev.lastunit.audit.query;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lastunit.cart.api.CartEvent.CartCheckedOut;
import dev.lastunit.cart.api.CartEvent.CartItemRemoved;
import dev.lastunit.cart.api.CartEvent.CartItemSet;
import dev.lastunit.cart.api.CartEvent.CartOpened;
import dev.lastunit.cart.api.CartEvent.CartReopened;
import dev.lastunit.catalogue.api.ProductEvent.ProductDelisted;
import dev.lastunit.inventory.api.Sourcing;
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
import dev.lastunit.shared.api.Caller;
import dev.lastunit.shared.api.CartId;
import dev.lastunit.shared.api.CommandId;
import dev.lastunit.shared.api.CustomerId;
import dev.lastunit.shared.api.Event;
import dev.lastunit.shared.api.LocationId;
import dev.lastunit.shared.api.OrderId;
import dev.lastunit.shared.api.ReservationId;
import dev.lastunit.shared.api.Sku;
import dev.lastunit.testing.ReadServer;
import dev.lastunit.testing.Shelf;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.test.web.reactive.server.EntityExchangeResult;
import org.springframework.test.web.reactive.server.WebTestClient;

/**
 * What stock and carts were: of random histories, the state that is rebuilt at every position is
 * what the live read model said when it was there.
 */
class TimeTravelTest {

  private static final CustomerId OWNER = new CustomerId("ada");
  private static final Instant START = Instant.parse("2026-11-23T19:00:00Z");
  private static final List<LocationId> PLACES =
      List.of(new LocationId("north"), new LocationId("south"), new LocationId("west"));

  private static ReadServer server;

  @BeforeAll
  static void start() {
    server =
        new ReadServer(
            List.of(
                "V1__catalogue.sql",
                "V14__search_left_the_database.sql",
                "V2__inventory.sql",
                "V3__cart.sql"),
            List.of("dev.lastunit.catalogue", "dev.lastunit.inventory", "dev.lastunit.cart"));
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  /** A SKU's history that never happened: every event may follow every other one. */
  private static final class Stock {
    private final Random random;
    private final Sku sku;
    private final Map<ReservationId, List<Allocation>> open = new LinkedHashMap<>();
    private final Map<ReservationId, List<Allocation>> gone = new LinkedHashMap<>();
    private int count;

    Stock(Random random, String sku) {
      this.random = random;
      this.sku = new Sku(sku);
    }

    Event next() {
      count++;
      return switch (random.nextInt(9)) {
        case 0 -> new StockReceived(sku, new CommandId("c-" + count), place(), units(), null);
        case 1 -> new OpeningStockRecorded(sku, place(), units());
        case 2 -> new StockAdjusted(sku, new CommandId("c-" + count), place(), -1, "count");
        case 3 ->
            new StockPolicySet(
                sku,
                new StockPolicy(
                    random.nextBoolean() ? null : Duration.ofSeconds(units()),
                    random.nextInt(4),
                    random.nextInt(3),
                    Sourcing.values()[random.nextInt(3)]));
        case 4 -> end(open, gone, Kind.CONFIRMED);
        case 5 -> end(open, null, Kind.RELEASED);
        case 6 -> end(open, null, Kind.EXPIRED);
        case 7 -> end(gone, null, Kind.RETURNED);
        default -> reserve();
      };
    }

    enum Kind {
      CONFIRMED,
      RELEASED,
      EXPIRED,
      RETURNED
    }

    private Event end(
        Map<ReservationId, List<Allocation>> from,
        Map<ReservationId, List<Allocation>> to,
        Kind kind) {
      if (from.isEmpty()) {
        return reserve();
      }
      ReservationId id = new ArrayList<>(from.keySet()).get(random.nextInt(from.size()));
      List<Allocation> units = from.remove(id);
      if (to != null) {
        to.put(id, units);
      }
      OrderId order = new OrderId("ord");
      return switch (kind) {
        case CONFIRMED -> new ReservationConfirmed(sku, id, order, units);
        case RELEASED -> new ReservationReleased(sku, id, order, units, "rejected");
        case EXPIRED -> new ReservationExpired(sku, id, order, units);
        case RETURNED -> new UnitsReturned(sku, id, order, units, "cancelled", null);
      };
    }

    private Event reserve() {
      OrderId order = new OrderId(sku.value() + "-" + count);
      ReservationId id = ReservationId.of(order, sku);
      List<Allocation> units =
          random.nextBoolean()
              ? List.of(new Allocation(PLACES.get(0), units()))
              : List.of(new Allocation(PLACES.get(1), units()), new Allocation(PLACES.get(2), 1));
      open.put(id, units);
      return new StockReserved(sku, id, order, units, START.plusSeconds(900));
    }

    private LocationId place() {
      return PLACES.get(random.nextInt(PLACES.size()));
    }

    private int units() {
      return 1 + random.nextInt(9);
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6})
  void stockIsWhatTheLiveModelSaidThen(long seed) {
    String sku = "S-" + seed;
    Stock history = new Stock(new Random(seed), sku);
    Map<Long, String> live = new LinkedHashMap<>();
    for (int step = 0; step < 40; step++) {
      long position = server.record(history.next());
      live.put(position, body(server.client("op", Caller.OPERATOR), "/v1/inventory/" + sku));
    }

    live.forEach(
        (position, then) -> {
          assertThat(past("/v1/inventory/" + sku + "?position=" + position))
              .as("position " + position)
              .isEqualTo(then);
          assertThat(past("/v1/inventory/" + sku + "?at=" + START.plusMillis(position)))
              .isEqualTo(then);
        });
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4})
  void aCartIsWhatItsOwnerSawThen(long seed) {
    Random random = new Random(seed);
    CartId cart = new CartId("cart-t" + seed);
    List<String> skus = List.of("C" + seed + "A", "C" + seed + "B", "C" + seed + "C");
    for (String sku : skus) {
      server.record(new Shelf(sku, "Lamp", "", "", 100, 0).added());
    }
    OrderId order = new OrderId("ord-" + seed);
    Map<Long, String> live = new LinkedHashMap<>();
    WebTestClient owner = server.client("ada", Caller.CUSTOMER);
    live.put(server.record(new CartOpened(cart, OWNER)), body(owner, "/v1/carts/" + cart.value()));
    for (int step = 0; step < 40; step++) {
      String sku = skus.get(random.nextInt(skus.size()));
      long position =
          server.record(
              switch (random.nextInt(8)) {
                case 0 -> new CartItemRemoved(cart, new Sku(sku));
                case 1 -> new CartCheckedOut(cart, order);
                case 2 -> new CartReopened(cart, order);
                case 3 -> new Shelf(sku, "Lamp", "", "", random.nextInt(500), 0).changed();
                case 4 -> new Shelf(sku, "Lamp", "", "", 1, 1 + random.nextInt(5)).received();
                case 5 ->
                    random.nextInt(3) == 0
                        ? new ProductDelisted(new Sku(sku))
                        : new Shelf(sku, "Lantern", "", "", 7, 0).changed();
                default -> new CartItemSet(cart, new Sku(sku), 1 + random.nextInt(9));
              });
      live.put(position, body(owner, "/v1/carts/" + cart.value()));
    }

    live.forEach(
        (position, then) ->
            assertThat(past("/v1/carts/" + cart.value() + "?position=" + position))
                .as("position " + position)
                .isEqualTo(then));
  }

  @Test
  void saysAtWhichPositionTheStateWas() {
    long first = server.record(received("T-1"));
    long second = server.record(received("T-1"));
    long head = server.record(received("T-2"));

    assertThat(position("/v1/inventory/T-1?position=" + first)).isEqualTo(first);
    assertThat(position("/v1/inventory/T-1?position=" + head)).isEqualTo(head);
    assertThat(position("/v1/inventory/T-1?at=" + START.plusMillis(second))).isEqualTo(second);
    assertThat(position("/v1/inventory/T-1?at=" + START.plusMillis(second).plusNanos(1_000)))
        .isEqualTo(second);
    assertThat(position("/v1/inventory/T-1?at=" + START.plusMillis(second).minusNanos(1_000)))
        .isEqualTo(second - 1);
    assertThat(position("/v1/inventory/T-1?at=2999-01-01T00:00:00Z")).isEqualTo(head);
  }

  @Test
  void hasNothingBeforeTheFirstEvent() {
    long before = server.record(received("U-0"));
    long first = server.record(received("U-1"));

    assertThat(status("/v1/inventory/U-1?position=" + before)).isEqualTo(404);
    assertThat(status("/v1/inventory/U-1?position=" + first)).isEqualTo(200);
    assertThat(status("/v1/inventory/U-1?at=2000-01-01T00:00:00Z")).isEqualTo(404);
    assertThat(status("/v1/inventory/NONE?position=" + first)).isEqualTo(404);
    assertThat(status("/v1/carts/none?position=" + first)).isEqualTo(404);
  }

  @Test
  void refusesWhatIsNoPoint() {
    long head = server.record(received("V-1"));

    for (String query :
        List.of(
            "?position=0",
            "?position=x",
            "?position=",
            "?at=yesterday",
            "?at=",
            "?at=10000-01-01T00:00:00Z",
            "?position=1&at=2026-11-23T19:00:00Z",
            "?position=" + (head + 1))) {
      assertThat(status("/v1/inventory/V-1" + query)).as(query).isEqualTo(422);
      assertThat(status("/v1/carts/v" + query)).as(query).isEqualTo(422);
    }
    assertThat(status("/v1/inventory/V-1?position=" + head)).isEqualTo(200);
  }

  /** The past is for analysts and operators, whoever may see the present; the present is not. */
  @Test
  void isForAnalystsAndOperators() {
    long head = server.record(received("W-1"), new CartOpened(new CartId("cart-w"), OWNER));
    for (String path : List.of("/v1/inventory/W-1", "/v1/carts/cart-w")) {
      for (String query : List.of("?position=" + head, "?at=2999-01-01T00:00:00Z")) {
        assertThat(status(server.client(), path + query)).isEqualTo(401);
        assertThat(status(server.client("ada", Caller.CUSTOMER), path + query)).isEqualTo(403);
        assertThat(status(server.client("w", Caller.WAREHOUSE), path + query)).isEqualTo(403);
        assertThat(status(server.client("op", Caller.OPERATOR), path + query)).isEqualTo(200);
        assertThat(status(server.client("ann", Caller.ANALYST), path + query)).isEqualTo(200);
      }
    }
    assertThat(status(server.client("ann", Caller.ANALYST), "/v1/inventory/W-1")).isEqualTo(403);
  }

  /** A thousand events by one statement, however many there are. */
  @Test
  void readsALongHistoryInPages() {
    Event[] events = new Event[2_500];
    Arrays.fill(events, received("X-1"));
    long head = server.record(events);
    long before = server.reads();

    assertThat(past("/v1/inventory/X-1?position=" + head)).contains("\"onHand\":" + 5 * 2_500);
    assertThat(server.reads() - before).as("statements").isLessThanOrEqualTo(6);
    assertThat(past("/v1/inventory/X-1?position=" + (head - 1_000)))
        .contains("\"onHand\":" + 5 * 1_500);
  }

  private static StockReceived received(String sku) {
    return new StockReceived(new Sku(sku), new CommandId("c"), PLACES.getFirst(), 5, null);
  }

  private static String past(String uri) {
    return body(server.client("ann", Caller.ANALYST), uri);
  }

  private static String body(WebTestClient client, String uri) {
    return client
        .get()
        .uri(uri)
        .exchange()
        .expectStatus()
        .isOk()
        .expectBody(String.class)
        .returnResult()
        .getResponseBody();
  }

  private static long position(String uri) {
    EntityExchangeResult<byte[]> result =
        server.client("ann", Caller.ANALYST).get().uri(uri).exchange().expectBody().returnResult();
    return Long.parseLong(result.getResponseHeaders().getFirst("Event-Position"));
  }

  private static int status(String uri) {
    return status(server.client("ann", Caller.ANALYST), uri);
  }

  private static int status(WebTestClient client, String uri) {
    return client.get().uri(uri).exchange().expectBody().returnResult().getStatus().value();
  }
}
