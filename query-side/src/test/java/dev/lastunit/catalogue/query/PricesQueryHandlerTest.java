package dev.lastunit.catalogue.query;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lastunit.catalogue.api.CatalogueQuery.FindPrices;
import dev.lastunit.catalogue.api.CatalogueQuery.PricedProduct;
import dev.lastunit.catalogue.api.CatalogueQuery.Prices;
import dev.lastunit.catalogue.api.ProductEvent.ProductDelisted;
import dev.lastunit.shared.api.ErrorCode;
import dev.lastunit.shared.api.Money;
import dev.lastunit.shared.api.Problem;
import dev.lastunit.shared.api.Sku;
import dev.lastunit.testing.ReadServer;
import dev.lastunit.testing.Shelf;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.axonframework.queryhandling.QueryGateway;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Prices over the query bus: one statement for what is not known, none for what is. */
class PricesQueryHandlerTest {

  private static ReadServer server;

  @BeforeAll
  static void start() {
    server =
        new ReadServer(
            List.of("V1__catalogue.sql", "V14__search_left_the_database.sql"),
            List.of("dev.lastunit.catalogue"));
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  private static List<PricedProduct> ask(long minPosition, String... skus) throws Exception {
    FindPrices question =
        new FindPrices(List.of(skus).stream().map(Sku::new).toList(), minPosition);
    return server
        .bean(QueryGateway.class)
        .query(question, Prices.class)
        .get(10, TimeUnit.SECONDS)
        .products();
  }

  private static Shelf shelf(String sku, long price) {
    return new Shelf(sku, "Thing", "", "", price, 0);
  }

  private static PricedProduct priced(String sku, long price) {
    return new PricedProduct(new Sku(sku), "Thing", new Money(price, "GBP"));
  }

  @Test
  void readsEachPriceOnce() throws Exception {
    server.record(shelf("A1", 100).added(), shelf("A2", 200).added(), shelf("A3", 300).added());
    long before = server.reads();

    assertThat(ask(0, "A1", "A2", "A-none"))
        .containsExactlyInAnyOrder(priced("A1", 100), priced("A2", 200));
    assertThat(server.reads()).isEqualTo(before + 1);
    assertThat(ask(0, "A1", "A2")).hasSize(2);
    assertThat(ask(server.events().head(), "A2", "A2")).containsExactly(priced("A2", 200));
    assertThat(server.reads()).isEqualTo(before + 1);

    assertThat(ask(0, "A1", "A3")).containsExactlyInAnyOrder(priced("A1", 100), priced("A3", 300));
    assertThat(server.reads()).isEqualTo(before + 2);
  }

  @Test
  void aChangeIsSeenAtOnceByWhoAsksForIt() throws Exception {
    server.record(shelf("B1", 100).added());
    assertThat(ask(0, "B1")).containsExactly(priced("B1", 100));
    long changed = server.recordOnly(shelf("B1", 150).added());

    assertThatThrownBy(() -> ask(changed, "B1"))
        .isInstanceOf(ExecutionException.class)
        .satisfies(
            failure ->
                assertThat(((Problem) failure.getCause()).code())
                    .isEqualTo(ErrorCode.READ_MODEL_BEHIND));
    // Read while the table is behind, and not remembered.
    assertThat(ask(0, "B1")).containsExactly(priced("B1", 100));
    server.project();
    assertThat(ask(changed, "B1")).containsExactly(priced("B1", 150));
    assertThat(ask(0, "B1")).containsExactly(priced("B1", 150));

    server.record(new ProductDelisted(new Sku("B1")));
    assertThat(ask(0, "B1")).isEmpty();
  }
}
