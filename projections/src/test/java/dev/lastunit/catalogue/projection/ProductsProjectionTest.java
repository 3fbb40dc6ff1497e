package dev.lastunit.catalogue.projection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lastunit.catalogue.api.ProductDetails;
import dev.lastunit.catalogue.api.ProductEvent.ProductAdded;
import dev.lastunit.catalogue.api.ProductEvent.ProductChanged;
import dev.lastunit.catalogue.api.ProductEvent.ProductDelisted;
import dev.lastunit.inventory.api.Sourcing;
import dev.lastunit.inventory.api.StockEvent.ReservationConfirmed;
import dev.lastunit.inventory.api.StockEvent.StockPolicySet;
import dev.lastunit.inventory.api.StockEvent.StockReceived;
import dev.lastunit.inventory.api.StockEvent.StockReserved;
import dev.lastunit.inventory.api.StockPolicy;
import dev.lastunit.shared.api.Allocation;
import dev.lastunit.shared.api.CommandId;
import dev.lastunit.shared.api.LocationId;
import dev.lastunit.shared.api.Money;
import dev.lastunit.shared.api.OrderId;
import dev.lastunit.shared.api.RecordedEvent;
import dev.lastunit.shared.api.ReservationId;
import dev.lastunit.shared.api.Sku;
import dev.lastunit.testing.History;
import dev.lastunit.testing.RandomStock;
import dev.lastunit.testing.ReadModelDatabase;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/** The catalogue's read model on a real PostgreSQL. */
class ProductsProjectionTest {

  private static final Sku LAMP = new Sku("LAMP-1");
  private static final Sku MUG = new Sku("MUG 2");
  private static final LocationId NORTH = new LocationId("north");

  private static ReadModelDatabase database;
  private static ProductsProjection projection;

  @BeforeAll
  static void start() {
    database = new ReadModelDatabase("V1__catalogue.sql", "V14__search_left_the_database.sql");
    projection = new ProductsProjection(database.jdbc());
  }

  @AfterAll
  static void stop() {
    database.close();
  }

  @BeforeEach
  void empty() {
    database.jdbc().execute("truncate catalogue.product, catalogue.availability");
  }

  @Test
  void listsAProduct() {
    project(
        new History().and(new ProductAdded(LAMP, details("Crème Lamp", "/home//lighting/", 1999))));

    Map<String, Object> row = product(LAMP);
    assertThat(row)
        .containsEntry("name", "Crème Lamp")
        .containsEntry("category", "home/lighting")
        .containsEntry("price_amount", 1999L)
        .containsEntry("price_currency", "GBP")
        .containsEntry("changed_position", 1L);
    assertThat(row.get("attributes")).hasToString("{\"colour\": \"warm white\"}");
  }

  @Test
  void showsTheLastDetails() {
    project(
        new History()
            .and(
                new ProductAdded(LAMP, details("Lamp", "home", 1999)),
                new ProductAdded(MUG, details("Mug", "", 500)),
                new ProductChanged(LAMP, details("Lantern", "garden", 2999))));

    assertThat(product(LAMP))
        .containsEntry("name", "Lantern")
        .containsEntry("category", "garden")
        .containsEntry("changed_position", 3L);
  }

  @Test
  void forgetsADelistedProductAndListsItAgainAsANewOne() {
    History history =
        new History()
            .and(
                new ProductAdded(LAMP, details("Lamp", "home", 1999)),
                new ProductAdded(MUG, details("Mug", "home", 500)),
                new ProductDelisted(LAMP));
    project(history);
    assertThat(skus()).containsExactly(MUG.value());

    List<RecordedEvent> before = history.events();
    history.and(new ProductAdded(LAMP, details("Lamp", "home", 1999)));
    database.project(projection, history.events().subList(before.size(), 4), 1);
    assertThat(product(LAMP)).containsEntry("changed_position", 4L);
  }

  @Test
  void countsWhatABuyerCouldStillGet() {
    OrderId order = new OrderId("ord-1");
    ReservationId reservation = ReservationId.of(order, LAMP);
    List<Allocation> held = List.of(new Allocation(NORTH, 3));
    History history =
        new History()
            .and(
                new StockReceived(LAMP, new CommandId("c"), NORTH, 10, null),
                new StockReserved(LAMP, reservation, order, held, History.START));
    project(history);
    assertThat(available(LAMP)).isEqualTo(7);

    history.and(
        new StockPolicySet(LAMP, new StockPolicy(null, 9, 1, Sourcing.PRIORITY)),
        new ReservationConfirmed(LAMP, reservation, order, held));
    database.project(projection, history.events().subList(2, 4), 10);
    assertThat(available(LAMP)).as("7 on hand, 9 kept back, 1 may be oversold").isZero();
    assertThat(
            database
                .jdbc()
                .queryForMap("select on_hand, reserved, position from catalogue.availability"))
        .containsEntry("on_hand", 7L)
        .containsEntry("reserved", 0L)
        .containsEntry("position", 4L);
  }

  @Test
  void foldsABatchToTheSameRowsAsOneEventAfterTheOther() {
    List<RecordedEvent> events = randomHistory(7, 700);
    database.project(projection, events, 1);
    List<Map<String, Object>> oneByOne = tables();
    assertThat(oneByOne).hasSizeGreaterThan(30);

    for (int size : new int[] {7, 100, 500}) {
      empty();
      database.project(projection, events, size);
      assertThat(tables()).as("batches of %d", size).isEqualTo(oneByOne);
    }
  }

  @Test
  void isTheSameAfterABatchWasRolledBackAndDeliveredAgain() {
    List<RecordedEvent> events = randomHistory(11, 600);
    database.project(projection, events.subList(0, 300), 50);
    List<Map<String, Object>> before = tables();

    TransactionTemplate transaction =
        new TransactionTemplate(new JdbcTransactionManager(database.jdbc().getDataSource()));
    assertThatThrownBy(
            () ->
                transaction.executeWithoutResult(
                    status -> {
                      projection.handle(events.subList(300, 450));
                      throw new IllegalStateException("The position could not be written");
                    }))
        .isInstanceOf(IllegalStateException.class);
    assertThat(tables()).isEqualTo(before);

    database.project(projection, events.subList(300, 600), 150);
    List<Map<String, Object>> live = tables();
    empty();
    database.project(projection, events, 500);
    assertThat(tables()).as("rebuilt from the first event").isEqualTo(live);
  }

  @Test
  void takesTextsThatADatabaseWouldNot() {
    String longName = "ﷺ".repeat(500);
    project(
        new History()
            .and(
                new ProductAdded(LAMP, details(longName, "a/b", 1)),
                new ProductAdded(MUG, details("it's \\ 'quoted': 3A & | ! 👩‍🚀 Ελλάς", "x", 1))));

    assertThat(product(LAMP)).containsEntry("name", longName);
    assertThat(skus()).containsExactly(LAMP.value(), MUG.value());
  }

  private static List<RecordedEvent> randomHistory(long seed, int count) {
    Random random = new Random(seed);
    List<Sku> skus = new ArrayList<>();
    for (int i = 0; i < 40; i++) {
      skus.add(new Sku("SKU-" + i));
    }
    RandomStock stock = new RandomStock(random, skus);
    Set<Sku> listed = new HashSet<>();
    History history = new History();
    for (int i = 0; i < count; i++) {
      Sku sku = skus.get(random.nextInt(skus.size()));
      ProductDetails details =
          details(
              "Thing " + random.nextInt(50), "c" + random.nextInt(5) + "/d", random.nextInt(9_000));
      if (random.nextBoolean()) {
        history.and(stock.next());
      } else if (listed.add(sku)) {
        history.and(new ProductAdded(sku, details));
      } else if (random.nextInt(4) > 0) {
        history.and(new ProductChanged(sku, details));
      } else {
        listed.remove(sku);
        history.and(new ProductDelisted(sku));
      }
    }
    return history.events();
  }

  private static ProductDetails details(String name, String category, long pence) {
    return new ProductDetails(
        name,
        "A gentle thing",
        "Acme",
        category,
        new Money(pence, "GBP"),
        Map.of("colour", "warm white"),
        null);
  }

  private static void project(History history) {
    database.project(projection, history.events(), 100);
  }

  private static Map<String, Object> product(Sku sku) {
    return database
        .jdbc()
        .queryForMap("select * from catalogue.product where sku = ?", sku.value());
  }

  private static List<String> skus() {
    return database
        .jdbc()
        .queryForList("select sku from catalogue.product order by sku", String.class);
  }

  private static long available(Sku sku) {
    return database
        .jdbc()
        .queryForObject(
            "select available from catalogue.availability where sku = ?", Long.class, sku.value());
  }

  /** As text, since the driver's types have no equality. */
  private static List<Map<String, Object>> tables() {
    List<Map<String, Object>> result =
        new ArrayList<>(
            database
                .jdbc()
                .queryForList("select p::text as row from catalogue.product p order by sku"));
    result.addAll(
        database
            .jdbc()
            .queryForList("select a::text as row from catalogue.availability a order by sku"));
    return result;
  }
}
