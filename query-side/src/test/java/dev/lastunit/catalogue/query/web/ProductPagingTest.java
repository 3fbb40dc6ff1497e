package dev.lastunit.catalogue.query.web;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lastunit.catalogue.api.ProductEvent.ProductDelisted;
import dev.lastunit.shared.api.Sku;
import dev.lastunit.testing.ReadServer;
import dev.lastunit.testing.Shelf;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.test.web.reactive.server.WebTestClient;

/** Pages stay whole while the catalogue changes under the reader. */
class ProductPagingTest {

  private static ReadServer server;
  private static WebTestClient client;

  /** What of a page matters here. */
  record Page(List<Card> items, String next) {}

  record Card(String sku) {}

  @BeforeAll
  static void start() {
    server =
        new ReadServer(
            List.of("V1__catalogue.sql", "V14__search_left_the_database.sql"),
            List.of("dev.lastunit.catalogue"));
    client = server.client();
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  @ParameterizedTest
  @ValueSource(strings = {"relevance", "price", "-price", "newest", "name"})
  void visitsEachProductOnceWhileOthersComeAndGo(String sort) {
    String mark = sort.replace("-", "d");
    List<String> stay = new ArrayList<>();
    List<String> go = new ArrayList<>();
    for (Shelf shelf : Shelf.random(sort.hashCode(), 120)) {
      String sku = mark + shelf.sku();
      server.recordOnly(named(shelf, sku, mark).added());
      (stay.size() <= 2 * go.size() ? stay : go).add(sku);
    }
    server.project();

    List<String> seen = new ArrayList<>();
    int page = 0;
    String next = "";
    while (next != null) {
      Page answer = read("q=used&category=" + mark + "&sort=" + sort + "&cursor=" + next);
      answer.items().forEach(card -> seen.add(card.sku()));
      next = answer.next();
      page++;
      for (int i = 0; i < 3; i++) {
        Shelf fresh = Shelf.random(page * 10L + i, 1).getFirst();
        server.recordOnly(
            named(fresh, mark + "-new-" + page + "-" + i, mark).added(),
            Shelf.moved(stay.get((page * 3 + i) % stay.size()), 1));
        if (!go.isEmpty()) {
          server.recordOnly(new ProductDelisted(new Sku(go.removeLast())));
        }
      }
      server.project();
    }

    assertThat(page).isGreaterThan(8);
    assertThat(seen).doesNotHaveDuplicates().containsAll(stay);
  }

  private static Page read(String query) {
    return client
        .get()
        .uri("/v1/products?limit=11&" + query)
        .exchange()
        .expectStatus()
        .isOk()
        .expectBody(Page.class)
        .returnResult()
        .getResponseBody();
  }

  private static Shelf named(Shelf shelf, String sku, String category) {
    return new Shelf(sku, shelf.name(), shelf.brand(), category, shelf.price(), shelf.units());
  }
}
