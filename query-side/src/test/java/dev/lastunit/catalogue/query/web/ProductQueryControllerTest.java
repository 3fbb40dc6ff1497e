package dev.lastunit.catalogue.query.web;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lastunit.catalogue.api.ProductDetails;
import dev.lastunit.catalogue.api.ProductEvent.ProductAdded;
import dev.lastunit.catalogue.api.ProductEvent.ProductDelisted;
import dev.lastunit.shared.api.Money;
import dev.lastunit.shared.api.Sku;
import dev.lastunit.testing.ReadServer;
import dev.lastunit.testing.Shelf;
import java.net.URI;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.http.HttpHeaders;
import org.springframework.test.json.JsonCompareMode;
import org.springframework.test.web.reactive.server.EntityExchangeResult;
import org.springframework.test.web.reactive.server.WebTestClient;
import org.springframework.web.util.UriComponentsBuilder;

/** Browsing as a client meets it. */
class ProductQueryControllerTest {

  private static final List<Shelf> SHELVES = Shelf.random(42, 400);

  private static ReadServer server;
  private static WebTestClient client;

  /** A page as JSON. */
  record Page(List<Card> items, Counts facets, String next) {}

  record Card(
      String sku,
      String name,
      String brand,
      String category,
      Money price,
      String imageUrl,
      Units availability) {}

  record Units(String status, int available, long position) {}

  record Counts(List<Count> category, List<Count> brand, List<Count> price) {}

  record Count(String value, long count, Long min, Long max) {}

  @BeforeAll
  static void start() {
    server =
        new ReadServer(
            List.of("V1__catalogue.sql", "V14__search_left_the_database.sql"),
            List.of("dev.lastunit.catalogue"));
    client = server.client();
    for (Shelf shelf : SHELVES) {
      server.recordOnly(shelf.added());
      if (shelf.units() > 0) {
        server.recordOnly(shelf.received());
      }
    }
    server.project();
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  @Test
  void countsFacetsAsAnIndependentCountDoes() {
    assertThat(facets(get("/v1/products")))
        .isEqualTo(counted(shelf -> true, null, null, null, null));
    assertThat(facets(get("/v1/products?q=lantern&inStock=true")))
        .isEqualTo(
            counted(
                shelf -> shelf.name().contains("Lantern") && shelf.units() > 0,
                null,
                null,
                null,
                null));
    assertThat(facets(get("/v1/products?category=home&brand=Acme&minPrice=500&maxPrice=1999")))
        .isEqualTo(counted(shelf -> true, "home", "Acme", 500L, 1_999L));
  }

  @Test
  void filtersByWhatAFacetOffers() {
    for (Count offered : get("/v1/products?inStock=true").facets().category()) {
      assertThat(all("/v1/products?inStock=true&category=" + offered.value()))
          .as(offered.value())
          .hasSize((int) offered.count());
    }
    for (Count offered : get("/v1/products").facets().price()) {
      assertThat(all("/v1/products?minPrice=" + offered.min() + "&maxPrice=" + offered.max()))
          .as(offered.value())
          .hasSize((int) offered.count());
    }
    assertThat(all("/v1/products?brand=Acme&brand=Fjord"))
        .hasSize(
            (int)
                SHELVES.stream()
                    .filter(shelf -> List.of("Acme", "Fjord").contains(shelf.brand()))
                    .count());
  }

  @Test
  void countsOnlyWhatIsAskedFor() {
    Counts counts = get("/v1/products?facets=brand").facets();
    assertThat(counts.brand()).isNotEmpty();
    assertThat(counts.category()).isNull();
    assertThat(get("/v1/products?facets=false").facets()).isNull();
  }

  @ParameterizedTest
  @CsvSource({
    "lantern, Lantern",
    "LANTERN, Lantern",
    "lant, Lantern",
    "lantren, Lantern",
    "lnatern, Lantern",
    "lanterm, Lantern",
    "lantrn, Lantern",
    "lanterns, Lantern",
    "canddel, Candle",
    "candels, Candle",
    "umbrlla, Umbrella",
    "umbrlela, Umbrella",
    "umrbe, Umbrella",
    "notebok, Notebook",
    "clok, Clock",
    "clcok, Clock",
    "tepot, Teapot"
  })
  void findsByWordsBeginningsAndMistypedWords(String typed, String kind) {
    List<String> expected =
        SHELVES.stream().filter(shelf -> shelf.name().endsWith(kind)).map(Shelf::sku).toList();
    assertThat(all("/v1/products?q=" + typed))
        .extracting(Card::sku)
        .containsExactlyInAnyOrderElementsOf(expected);
  }

  @Test
  void findsWhatHasEveryWord() {
    List<String> expected =
        SHELVES.stream()
            .filter(shelf -> shelf.name().endsWith("Clock"))
            .filter(shelf -> shelf.brand().equals("Fjord"))
            .map(Shelf::sku)
            .toList();
    assertThat(expected).isNotEmpty();
    for (String typed : List.of("fjord clock made", "clok made fjrod", "Fjörd, MADE clo")) {
      assertThat(all(address("q", typed)))
          .as(typed)
          .extracting(Card::sku)
          .containsExactlyInAnyOrderElementsOf(expected);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"zzzzzzzz", "!!!", "lantern xylophone", "'); drop table x; --"})
  void findsNothingWhereThereIsNothing(String typed) {
    Page page = get(address("q", typed));
    assertThat(page.items()).isEmpty();
    assertThat(page.next()).isNull();
    assertThat(page.facets().brand()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "*",
        "l*n",
        "?????",
        "\"lantern",
        "(((lantern",
        "lantern AND OR NOT",
        "name:lantern",
        "/.*.*.*/",
        "lantern~9 ^1000",
        "[* TO *]",
        "\\",
        "🏮 🚀",
        "שלום لانترن",
        "\u202Elantern",
        "a b c d e f g h i j k l m n o p q r s t u v w x y z",
        "x",
        "ﷺﷺﷺﷺﷺﷺﷺﷺﷺﷺﷺﷺﷺﷺﷺﷺﷺﷺﷺﷺ",
        "ẞ"
      })
  void answersWhateverIsTyped(String typed) {
    for (String sort : List.of("relevance", "name")) {
      Page page = get(address("q", typed) + "&limit=1&sort=" + sort);
      if (page.next() != null) {
        assertThat(get(address("q", typed) + "&sort=" + sort + "&cursor=" + page.next()).items())
            .isNotEmpty();
      }
    }
  }

  @Test
  void refusesAVeryLongText() {
    expectViolation("/v1/products?q=" + "q".repeat(1_000), 1);
    expectViolation("/v1/products/suggestions?q=" + "q".repeat(1_000) + "&limit=99", 2);
  }

  @Test
  void filtersByAttributes() {
    server.record(
        new ProductAdded(
            new Sku("A-1"),
            new ProductDetails(
                "Vase",
                "",
                "",
                "attributes",
                new Money(1, "GBP"),
                Map.of("colour", "Rouge", "size", "S"),
                null)),
        new ProductAdded(
            new Sku("A-2"),
            new ProductDetails(
                "Vase",
                "",
                "",
                "attributes",
                new Money(1, "GBP"),
                Map.of("colour", "Bleu", "size", "S"),
                null)));
    assertThat(all("/v1/products?attribute=colour:rouge"))
        .extracting(Card::sku)
        .containsOnly("A-1");
    assertThat(all("/v1/products?attribute=size:S&attribute=colour:Bleu"))
        .extracting(Card::sku)
        .containsOnly("A-2");
    client
        .get()
        .uri("/v1/products?q=vase&facets=attributes,inStock")
        .exchange()
        .expectStatus()
        .isOk()
        .expectBody()
        .jsonPath("$.facets.attributes[0].value")
        .isEqualTo("size:S")
        .jsonPath("$.facets.attributes[0].count")
        .isEqualTo(2)
        .jsonPath("$.facets.inStock[1].count")
        .isEqualTo(2)
        .jsonPath("$.facets.category")
        .doesNotExist();
    server.record(new ProductDelisted(new Sku("A-1")), new ProductDelisted(new Sku("A-2")));
  }

  @Test
  void suggestsCategoriesBrandsAndNames() {
    server.record(new Shelf("K-1", "Kestrel lamp", "Lampadaire", "lamps", 100, 1).added());
    client
        .get()
        .uri("/v1/products/suggestions?q=lamp&limit=5")
        .exchange()
        .expectStatus()
        .isOk()
        .expectHeader()
        .valueEquals("Event-Position", server.events().head())
        .expectBody()
        .json(
            """
            {"items": [{"kind": "category", "text": "lamps", "value": "lamps"},
             {"kind": "brand", "text": "Lampadaire", "value": "Lampadaire"},
             {"kind": "product", "text": "Kestrel lamp", "value": "K-1"}]}
            """,
            JsonCompareMode.STRICT);
    client
        .get()
        .uri("/v1/products/suggestions?q=ligh")
        .exchange()
        .expectBody()
        .jsonPath("$.items[0].value")
        .isEqualTo("home/lighting");
    client
        .get()
        .uri("/v1/products/suggestions")
        .exchange()
        .expectBody()
        .jsonPath("$.items.length()")
        .isEqualTo(0);
    server.record(new ProductDelisted(new Sku("K-1")));
  }

  @Test
  void readsThePageByOneStatement() {
    long before = server.reads();
    get("/v1/products?q=lantern&limit=100");
    assertThat(server.reads() - before).isEqualTo(1);
  }

  @Test
  void putsTheArticleNumberAndTheWholeWordFirst() {
    assertThat(get("/v1/products?q=s-1007").items())
        .extracting(Card::sku)
        .containsExactly("S-1007");
    server.record(
        new Shelf("R-1", "Cloche", "", "rank", 100, 0).added(),
        new Shelf("R-2", "Cloc", "", "rank", 100, 0).added());
    assertThat(get("/v1/products?q=cloc&category=rank").items())
        .extracting(Card::sku)
        .containsExactly("R-2", "R-1");
    server.record(new ProductDelisted(new Sku("R-1")), new ProductDelisted(new Sku("R-2")));
  }

  @ParameterizedTest
  @ValueSource(strings = {"relevance", "price", "-price", "newest", "name"})
  void sortsEverything(String sort) {
    Map<String, Integer> listed = new HashMap<>();
    for (int i = 0; i < SHELVES.size(); i++) {
      listed.put(SHELVES.get(i).sku(), i);
    }
    Comparator<Card> order =
        switch (sort) {
          case "price" -> Comparator.comparingLong(card -> card.price().amount());
          case "-price" ->
              Comparator.comparingLong((Card card) -> card.price().amount()).reversed();
          case "name" -> Comparator.comparing(card -> card.name().toLowerCase());
          default -> Comparator.comparing((Card card) -> listed.get(card.sku())).reversed();
        };
    List<Card> found = all("/v1/products?sort=" + sort);
    assertThat(found).isSortedAccordingTo(order);
    assertThat(found)
        .extracting(Card::sku)
        .containsExactlyInAnyOrderElementsOf(SHELVES.stream().map(Shelf::sku).toList());
  }

  @Test
  void keepsTheCorrectedWordsOverAllPages() {
    List<String> expected =
        SHELVES.stream().filter(s -> s.name().endsWith("Umbrella")).map(Shelf::sku).toList();
    List<String> seen = new ArrayList<>();
    pages(
        "/v1/products?limit=7&q=umbrelxa",
        page -> {
          page.items().forEach(card -> seen.add(card.sku()));
          // Another word that was as near, which must not change what is listed.
          server.record(new Shelf("U-1", "Umbrelya", "", "", 1, 0).added());
        });
    server.record(new ProductDelisted(new Sku("U-1")));

    assertThat(seen).containsExactlyInAnyOrderElementsOf(expected);
  }

  @Test
  void linksToTheNextPage() {
    EntityExchangeResult<Page> answer = exchange("/v1/products?q=red%20clock&limit=2&sort=price");
    String link = answer.getResponseHeaders().getFirst(HttpHeaders.LINK);
    assertThat(link)
        .isEqualTo(
            "</v1/products?q=red%20clock&limit=2&sort=price&cursor="
                + answer.getResponseBody().next()
                + ">; rel=\"next\"");
    String next = link.substring(1, link.indexOf('>'));
    assertThat(exchange(next).getResponseBody().items())
        .isNotEmpty()
        .doesNotContainAnyElementsOf(answer.getResponseBody().items());
  }

  @ParameterizedTest
  @CsvSource({
    "limit=0, limit",
    "limit=101, limit",
    "limit=ten, limit",
    "sort=best, sort",
    "inStock=maybe, inStock",
    "minPrice=-1, minPrice",
    "minPrice=2&maxPrice=1, minPrice",
    "maxPrice=1.5, maxPrice",
    "facets=size, facets",
    "attribute=red, attribute",
    "attribute=:red, attribute",
    "limit=99999999999999999999, limit",
    "cursor=cHJvZHVjdHMtbmV3ZXN0AABhAGI, cursor",
    "cursor=no-cursor, cursor",
    "cursor=%25%25, cursor",
    "cursor=cHJvZHVjdHMtbmV3ZXN0AA, cursor",
    "q=a%00b, q"
  })
  void refusesBadParameters(String query, String field) {
    client
        .get()
        .uri(URI.create(baseUrl() + "/v1/products?" + query))
        .exchange()
        .expectStatus()
        .isEqualTo(422)
        .expectBody()
        .jsonPath("$.code")
        .isEqualTo("invalid-field")
        .jsonPath("$.violations[0].field")
        .isEqualTo(field);
  }

  @Test
  void refusesTheCursorOfAnotherSortAndTellsEverythingThatIsWrong() {
    String cursor = get("/v1/products?sort=price&limit=1").next();
    expectViolation("/v1/products?sort=name&cursor=" + cursor, 1);
    expectViolation("/v1/products?limit=0&sort=best&inStock=2", 3);
  }

  @Test
  void showsAProductAndAnswersNotModified() {
    Sku sku = new Sku("PAGE 1");
    server.record(
        new ProductAdded(
            sku,
            new ProductDetails(
                "Page",
                "Text",
                "Acme",
                "pages",
                new Money(1999, "EUR"),
                Map.of("size", "A4", "colour", "white"),
                "https://example.org/page.png")),
        new Shelf("PAGE 1", "", "", "", 0, 6).received());
    HttpHeaders headers =
        client
            .get()
            .uri("/v1/products/{sku}", "PAGE 1")
            .exchange()
            .expectStatus()
            .isOk()
            .expectHeader()
            .valueEquals(HttpHeaders.CACHE_CONTROL, "public, max-age=1, stale-while-revalidate=10")
            .expectHeader()
            .valueEquals("Event-Position", server.events().head())
            .expectBody()
            .json(
                """
                {"sku": "PAGE 1", "name": "Page", "description": "Text", "brand": "Acme",
                 "category": "pages", "price": {"amount": 1999, "currency": "EUR"},
                 "attributes": {"colour": "white", "size": "A4"},
                 "imageUrl": "https://example.org/page.png",
                 "availability": {"status": "in-stock", "available": 6}}
                """,
                JsonCompareMode.STRICT)
            .returnResult()
            .getResponseHeaders();
    String etag = headers.getETag();

    notModified("PAGE 1", etag, 304);
    server.record(Shelf.moved("PAGE 1", -1));
    notModified("PAGE 1", etag, 200);
    assertStatus("PAGE 1", "low", 5);
    client
        .get()
        .uri("/v1/products/PAGE 1")
        .exchange()
        .expectHeader()
        .valueEquals(HttpHeaders.CACHE_CONTROL, "public, max-age=0, must-revalidate");
    server.record(Shelf.moved("PAGE 1", -5));
    assertStatus("PAGE 1", "out", 0);
    server.record(Shelf.moved("PAGE 1", 6));
    notModified("PAGE 1", etag, 304);

    server.record(new ProductDelisted(sku));
    client.get().uri("/v1/products/PAGE 1").exchange().expectStatus().isNotFound();
    assertThat(all("/v1/products?category=pages")).isEmpty();
  }

  @Test
  void namesAListByWhatItShows() {
    server.record(new Shelf("E-1", "Easel", "", "etag", 100, 3).added());
    String first = exchange("/v1/products?category=etag").getResponseHeaders().getETag();
    client
        .get()
        .uri("/v1/products?category=etag")
        .header(HttpHeaders.IF_NONE_MATCH, first)
        .exchange()
        .expectStatus()
        .isNotModified();
    server.record(new Shelf("E-1", "Easel", "", "etag", 100, 3).received());
    assertThat(exchange("/v1/products?category=etag").getResponseHeaders().getETag())
        .isNotEqualTo(first);
    server.record(new ProductDelisted(new Sku("E-1")));
  }

  @ParameterizedTest
  @ValueSource(strings = {"NO-SUCH", "*", " "})
  void knowsNoOtherProduct(String sku) {
    client
        .get()
        .uri("/v1/products/{sku}", sku)
        .exchange()
        .expectStatus()
        .isNotFound()
        .expectBody()
        .jsonPath("$.detail")
        .isEqualTo("There is no such product");
  }

  @Test
  void letsAClientReadItsOwnWritesAndTellsWhenItCannot() throws InterruptedException {
    get("/v1/products");
    long position = server.recordOnly(new Shelf("W-1", "Whisk", "Written", "", 100, 1).added());
    Thread late = Thread.ofVirtual().start(server::project);
    Page page =
        client
            .get()
            .uri("/v1/products?q=whisk")
            .header("Min-Event-Position", Long.toString(position))
            .exchange()
            .expectStatus()
            .isOk()
            .expectHeader()
            .valueEquals("Event-Position", position)
            .expectBody(Page.class)
            .returnResult()
            .getResponseBody();
    late.join();
    assertThat(page.items()).extracting(Card::sku).containsExactly("W-1");
    assertThat(page.items().getFirst().availability().position()).isGreaterThanOrEqualTo(position);
    // The counts of everything were kept before the write; the position makes them be read again.
    Page counted =
        client
            .get()
            .uri("/v1/products")
            .header("Min-Event-Position", Long.toString(position))
            .exchange()
            .expectBody(Page.class)
            .returnResult()
            .getResponseBody();
    assertThat(counted.facets().brand()).extracting(Count::value).contains("Written");
    server.record(new ProductDelisted(new Sku("W-1")));

    for (String address : List.of("/v1/products", "/v1/products/S-1000", "/v1/categories")) {
      client
          .get()
          .uri(address)
          .header("Min-Event-Position", "-1")
          .exchange()
          .expectStatus()
          .isEqualTo(422);
    }
    client
        .get()
        .uri("/v1/categories")
        .header("Min-Event-Position", "1000000")
        .exchange()
        .expectStatus()
        .isEqualTo(503)
        .expectBody()
        .jsonPath("$.code")
        .isEqualTo("read-model-behind");
  }

  @Test
  void showsTheTreeWithCounts() {
    server.record(
        new Shelf("T-1", "Tree", "", "tree/a b/leaf", 1, 0).added(),
        new Shelf("T-2", "Tree", "", "tree/a", 1, 0).added(),
        new Shelf("T-3", "Tree", "", "tree/a/leaf", 1, 0).added(),
        new Shelf("T-4", "Tree", "", "tree-house", 1, 0).added());
    client
        .get()
        .uri("/v1/categories")
        .header("Min-Event-Position", Long.toString(server.events().head()))
        .exchange()
        .expectStatus()
        .isOk()
        .expectBody()
        .jsonPath("$.items[?(@.path == 'home')].count")
        .isEqualTo((int) SHELVES.stream().filter(s -> s.category().startsWith("home")).count())
        .jsonPath("$.items[?(@.path == 'tree')].count")
        .isEqualTo(3)
        .jsonPath("$.items[?(@.path == 'tree')].children[*].path")
        .value(paths -> assertThat(paths).hasToString("[\"tree\\/a\",\"tree\\/a b\"]"))
        .jsonPath("$.items[?(@.path == 'tree')].children[?(@.name == 'a')].count")
        .isEqualTo(2)
        .jsonPath("$.items[?(@.path == 'tree')].children[?(@.name == 'a b')].children[0].name")
        .isEqualTo("leaf")
        .jsonPath("$.items[?(@.path == 'tree-house')].count")
        .isEqualTo(1);
    for (int i = 1; i <= 4; i++) {
      server.record(new ProductDelisted(new Sku("T-" + i)));
    }
  }

  private static void notModified(String sku, String etag, int status) {
    client
        .get()
        .uri("/v1/products/{sku}", sku)
        .header(HttpHeaders.IF_NONE_MATCH, etag)
        .exchange()
        .expectStatus()
        .isEqualTo(status);
  }

  private static void assertStatus(String sku, String status, int units) {
    client
        .get()
        .uri("/v1/products/{sku}", sku)
        .exchange()
        .expectBody()
        .jsonPath("$.availability.status")
        .isEqualTo(status)
        .jsonPath("$.availability.available")
        .isEqualTo(units);
  }

  private static void expectViolation(String address, int count) {
    client
        .get()
        .uri(address)
        .exchange()
        .expectStatus()
        .isEqualTo(422)
        .expectBody()
        .jsonPath("$.violations.length()")
        .isEqualTo(count);
  }

  private static String baseUrl() {
    return "http://127.0.0.1:" + server.port();
  }

  private static String address(String name, String value) {
    return UriComponentsBuilder.fromPath("/v1/products")
        .queryParam(name, "{value}")
        .encode()
        .buildAndExpand(value)
        .toUriString();
  }

  private static EntityExchangeResult<Page> exchange(String address) {
    return client
        .get()
        .uri(URI.create(baseUrl() + address))
        .exchange()
        .expectStatus()
        .isOk()
        .expectBody(Page.class)
        .returnResult();
  }

  /** As new as everything that was recorded, so that no kept count is in the way. */
  private static Page get(String address) {
    return client
        .get()
        .uri(URI.create(baseUrl() + address))
        .header("Min-Event-Position", Long.toString(server.events().head()))
        .exchange()
        .expectStatus()
        .isOk()
        .expectBody(Page.class)
        .returnResult()
        .getResponseBody();
  }

  private static void pages(String address, Consumer<Page> seen) {
    String next = "";
    while (next != null) {
      Page page = get(next.isEmpty() ? address : address + "&cursor=" + next);
      seen.accept(page);
      next = page.next();
    }
  }

  private static List<Card> all(String address) {
    List<Card> result = new ArrayList<>();
    String large = address + (address.contains("?") ? "&" : "?") + "limit=100";
    pages(large, page -> result.addAll(page.items()));
    return result;
  }

  private static Map<String, Map<String, Long>> facets(Page page) {
    return Map.of(
        "category", map(page.facets().category()),
        "brand", map(page.facets().brand()),
        "price", map(page.facets().price()));
  }

  private static Map<String, Long> map(List<Count> counts) {
    return counts.stream()
        .collect(Collectors.toMap(Count::value, Count::count, Long::sum, TreeMap::new));
  }

  private static Map<String, Map<String, Long>> counted(
      Predicate<Shelf> matches, String category, String brand, Long min, Long max) {
    Predicate<Shelf> inCategory =
        shelf ->
            category == null
                || shelf.category().equals(category)
                || shelf.category().startsWith(category + "/");
    Predicate<Shelf> inBrand = shelf -> brand == null || Objects.equals(shelf.brand(), brand);
    Predicate<Shelf> inPrice =
        shelf -> (min == null || shelf.price() >= min) && (max == null || shelf.price() <= max);
    Map<String, Long> categories = new TreeMap<>();
    Map<String, Long> brands = new TreeMap<>();
    Map<String, Long> prices = new TreeMap<>();
    for (Shelf shelf : SHELVES) {
      if (!matches.test(shelf)) {
        continue;
      }
      if (inBrand.test(shelf) && inPrice.test(shelf)) {
        String path = shelf.category();
        while (!path.isEmpty()) {
          categories.merge(path, 1L, Long::sum);
          path = path.contains("/") ? path.substring(0, path.lastIndexOf('/')) : "";
        }
      }
      if (inCategory.test(shelf) && inPrice.test(shelf) && !shelf.brand().isEmpty()) {
        brands.merge(shelf.brand(), 1L, Long::sum);
      }
      if (inCategory.test(shelf) && inBrand.test(shelf)) {
        prices.merge(range(shelf.price()), 1L, Long::sum);
      }
    }
    return Map.of("category", categories, "brand", brands, "price", prices);
  }

  private static String range(long price) {
    long[] steps = {0, 100, 200, 500, 1_000, 2_000, 5_000};
    for (int i = steps.length - 2; ; i--) {
      if (price >= steps[i]) {
        return steps[i] + "-" + (steps[i + 1] - 1);
      }
    }
  }
}
