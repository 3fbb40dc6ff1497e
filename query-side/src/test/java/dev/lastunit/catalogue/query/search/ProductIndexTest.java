package dev.lastunit.catalogue.query.search;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lastunit.catalogue.api.ProductEvent.ProductAdded;
import dev.lastunit.catalogue.api.ProductEvent.ProductChanged;
import dev.lastunit.catalogue.api.ProductEvent.ProductDelisted;
import dev.lastunit.catalogue.query.CatalogueReads.Facet;
import dev.lastunit.catalogue.query.Facets;
import dev.lastunit.catalogue.query.ProductFilter;
import dev.lastunit.catalogue.query.ProductSort;
import dev.lastunit.shared.api.Event;
import dev.lastunit.shared.api.Problem;
import dev.lastunit.shared.api.Sku;
import dev.lastunit.testing.MemoryEvents;
import dev.lastunit.testing.Shelf;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.apache.lucene.index.SegmentInfos;
import org.apache.lucene.store.Directory;
import org.apache.lucene.store.FSDirectory;
import org.assertj.core.api.Assertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The index is what its events say, whatever happens to it. */
class ProductIndexTest {

  @TempDir Path directory;

  private final MemoryEvents events = new MemoryEvents();

  @Test
  void holdsWhatIsListed() throws Exception {
    try (TestIndex index = open()) {
      index.record(
          TestIndex.added("A", "Red lantern"),
          TestIndex.added("B", "Blue lantern"),
          new ProductChanged(new Sku("A"), TestIndex.details("Red candle", "", "", Map.of())),
          new ProductDelisted(new Sku("B")));
      assertThat(index.skus("lantern")).isEmpty();
      assertThat(index.skus("candle")).containsExactly("A");
      assertThat(index.skus(null)).containsExactly("A");

      index.record(TestIndex.added("C", "Green lantern"), TestIndex.added("B", "New lantern"));
      assertThat(index.skus(null)).as("newest first").containsExactly("B", "C", "A");
    }
  }

  @Test
  void goesOnFromItsCommitAfterACrash() throws Exception {
    Path crashed = directory.resolve("crashed");
    try (TestIndex index = open()) {
      index.record(TestIndex.added("A", "Red lantern"));
      // Commits, as it has caught up for the first time; what comes then is in memory only.
      index.record(TestIndex.added("B", "Blue lantern"));
      index.record(new ProductDelisted(new Sku("A")), TestIndex.added("C", "Green lantern"));
      assertThat(index.skus("lantern")).containsExactlyInAnyOrder("B", "C");
      copy(base(), crashed);
    }
    assertThat(committed(crashed.resolve("1"))).isEqualTo(2);
    try (TestIndex index = new TestIndex(crashed, events)) {
      index.deliverAndServe();
      assertThat(index.skus("lantern")).containsExactlyInAnyOrder("B", "C");
      assertThat(index.index().position()).isEqualTo(events.head());
    }
  }

  @Test
  void opensWhereItWasClosedWithoutHandlingAnythingAgain() throws Exception {
    try (TestIndex index = open()) {
      index.record(TestIndex.added("A", "Red lantern"), TestIndex.added("B", "Blue lantern"));
    }
    try (TestIndex index = open()) {
      assertThat(index.index().position()).as("not open yet").isNegative();
      index.deliverAndServe();
      assertThat(index.skus("lantern")).hasSize(2);
      assertThat(generations()).hasSize(1);
    }
  }

  @Test
  void isRebuiltWhileTheOldOneIsSearched() throws Exception {
    try (TestIndex index = open()) {
      index.record(TestIndex.added("A", "Red lantern"));
      Path old = generations().getFirst();

      CompletableFuture<Void> rebuilt = index.index().rebuild();
      assertThat(index.index().rebuild()).as("the same build").isNotDone();
      assertThat(index.nodeEvents().running()).isEqualTo(2);
      assertThat(index.skus("lantern")).containsExactly("A");
      events.append(TestIndex.added("B", "Blue lantern"));
      long before = index.index().position();
      index.deliver();
      TestIndex.until(rebuilt::isDone);

      assertThat(rebuilt).isCompleted();
      assertThat(index.index().position()).isGreaterThan(before);
      assertThat(index.skus("lantern")).containsExactlyInAnyOrder("A", "B");
      TestIndex.until(() -> index.nodeEvents().running() == 1 && !Files.exists(old));
      index.record(TestIndex.added("C", "Green lantern"));
      assertThat(index.skus("lantern")).hasSize(3);
    }
    try (TestIndex index = open()) {
      index.deliverAndServe();
      assertThat(index.skus("lantern")).hasSize(3);
    }
  }

  @Test
  void isSearchedInItsOldSchemaUntilTheNewOneIsBuilt() throws Exception {
    try (TestIndex index = open()) {
      index.record(TestIndex.added("A", "Red lantern"));
    }
    events.append(TestIndex.added("B", "Blue lantern"));
    int next = Fields.SCHEMA + 1;
    try (TestIndex index =
        new TestIndex(base(), events, next, Fields.SCHEMA, Duration.ofSeconds(10))) {
      assertThat(index.index().position()).isEqualTo(1);
      assertThat(index.skus("lantern")).containsExactly("A");
      index.deliverAndServe();
      assertThat(index.skus("lantern")).containsExactlyInAnyOrder("A", "B");
    }
    assertThat(generations())
        .extracting(path -> path.getFileName().toString())
        .containsExactly("2");
  }

  @Test
  void isBuiltAnewWhenItCannotBeRead() throws Exception {
    try (TestIndex index = open()) {
      index.record(TestIndex.added("A", "Red lantern"));
    }
    try (Stream<Path> files = Files.list(generations().getFirst())) {
      for (Path file : files.filter(it -> it.toString().endsWith(".cfs")).toList()) {
        Files.write(file, new byte[100], StandardOpenOption.TRUNCATE_EXISTING);
      }
    }
    try (TestIndex index = open()) {
      Assertions.catchException(index::deliver);
      TestIndex.until(
          () -> {
            Assertions.catchException(index::deliver);
            return index.index().position() == events.head();
          });
      assertThat(index.skus("lantern")).containsExactly("A");
    }
  }

  @Test
  void isBuiltAnewWhenItIsOfAnotherStore() throws Exception {
    try (TestIndex index = open()) {
      index.record(TestIndex.added("A", "Red lantern"), TestIndex.added("B", "Blue lantern"));
    }
    MemoryEvents other = new MemoryEvents();
    other.append(TestIndex.added("X", "Red candle"));
    other.append(TestIndex.added("Y", "Blue candle"));
    other.append(TestIndex.added("Z", "Green candle"));
    try (TestIndex index = new TestIndex(base(), other)) {
      TestIndex.until(
          () -> {
            Assertions.catchException(index::deliver);
            return index.index().position() == other.head();
          });
      assertThat(index.skus("lantern")).isEmpty();
      assertThat(index.skus("candle")).hasSize(3);
    }
  }

  @Test
  void isNotSearchedBeforeItHasCaughtUpOnce() {
    events.append(TestIndex.added("A", "Red lantern"));
    try (TestIndex index = open()) {
      Assertions.assertThatExceptionOfType(Problem.class)
          .isThrownBy(() -> index.skus("lantern"))
          .withMessageContaining("being built");
    }
  }

  @Test
  void knowsOfStockOnlyWhetherThereIsSome() throws Exception {
    ProductFilter inStock = new ProductFilter(List.of(), List.of(), null, null, List.of(), true);
    try (TestIndex index = open()) {
      index.record(TestIndex.added("A", "Red lantern"), TestIndex.added("B", "Blue lantern"));
      index.stock("A", 7);
      index.record(Shelf.moved("A", 7));
      assertThat(list(index, inStock)).containsExactly("A");
      assertThat(inStock(index)).containsExactly(1L, 1L);

      index.stock("B", 1);
      index.record(
          new ProductChanged(new Sku("B"), TestIndex.details("Big lantern", "", "", Map.of())));
      assertThat(list(index, inStock)).containsExactly("B", "A");
      index.stock("A", 0);
      index.record(Shelf.moved("A", -7));
      assertThat(list(index, inStock)).containsExactly("B");
      assertThat(index.skus("lantern")).containsExactlyInAnyOrder("A", "B");
      assertThat(inStock(index)).containsExactly(1L, 1L);
    }
  }

  @Test
  void filtersAndCountsAttributes() {
    try (TestIndex index = open()) {
      index.record(
          attributes("A", Map.of("colour", "Red", "size", "S")),
          attributes("B", Map.of("colour", "Blue", "size", "S")),
          attributes("C", Map.of("colour", "Blue", "size", "L")));
      assertThat(list(index, having("colour:blue"))).containsExactly("C", "B");
      assertThat(list(index, having("colour:blue", "size:S"))).containsExactly("B");
      assertThat(list(index, having("colour:blue", "colour:red"))).hasSize(3);
      assertThat(index.facets(ProductFilter.NONE, Set.of(Facet.ATTRIBUTES)).attributes())
          .containsExactly(
              new Facets.Value("colour:Blue", 2),
              new Facets.Value("size:S", 2),
              new Facets.Value("colour:Red", 1),
              new Facets.Value("size:L", 1));
    }
  }

  @Test
  void countsLargeSegmentsRightAlsoWhenProductsHaveLeftThem() {
    try (TestIndex index = open()) {
      List<Event> many = new ArrayList<>();
      for (int i = 0; i < 5_000; i++) {
        many.add(
            new ProductAdded(
                new Sku("S" + i),
                TestIndex.details("Thing", "Brand " + i % 7, "a/" + i % 3, Map.of())));
      }
      index.record(many.toArray(Event[]::new));
      Set<Facet> wanted = Set.of(Facet.BRAND, Facet.CATEGORY);
      assertThat(index.facets(ProductFilter.NONE, wanted).category())
          .contains(new Facets.Value("a", 5_000), new Facets.Value("a/0", 1_667));
      index.record(new ProductDelisted(new Sku("S0")), new ProductDelisted(new Sku("S7")));
      assertThat(index.facets(ProductFilter.NONE, wanted).category())
          .contains(new Facets.Value("a", 4_998), new Facets.Value("a/0", 1_666));
      assertThat(index.facets(ProductFilter.NONE, wanted).brand())
          .contains(new Facets.Value("Brand 0", 713));
    }
  }

  /** Documents change, come and go between the pages; each that stays is seen once. */
  @ParameterizedTest
  @EnumSource(ProductSort.class)
  void pagesStayWholeWhileTheIndexChanges(ProductSort sort) {
    Random random = new Random(7);
    try (TestIndex index = open()) {
      List<Event> many = new ArrayList<>();
      for (int i = 0; i < 300; i++) {
        many.add(lantern("S" + i, random));
      }
      index.record(many.toArray(Event[]::new));
      List<String> seen = new ArrayList<>();
      String cursor = null;
      int page = 0;
      do {
        ProductSearch.Found found = index.find("lanterm red", sort, 7, cursor);
        seen.addAll(found.skus());
        cursor = found.next();
        page++;
        index.record(
            lantern("N" + page, random),
            // A word as near to what was typed, which must not change what is listed.
            TestIndex.added("M" + page, "Red lanterx " + "word ".repeat(random.nextInt(9))),
            new ProductDelisted(new Sku("S" + (299 - page))));
      } while (cursor != null);

      assertThat(page).isGreaterThan(20);
      assertThat(seen).doesNotHaveDuplicates();
      for (int i = 0; i < 200; i++) {
        assertThat(seen).contains("S" + i);
      }
    }
  }

  /** Ten words, each with as many others as it can stand for. */
  @Test
  void answersTheLargestQuery() {
    StringBuilder typed = new StringBuilder();
    List<Event> many = new ArrayList<>();
    for (char first = 'b'; first < 'l'; first++) {
      String word = "alphabet" + first;
      typed.append(word).append("xy ");
      for (char last = 'a'; last <= 'z'; last++) {
        many.add(TestIndex.added("S" + first + last, word + last + " " + word + "z" + last));
      }
    }
    try (TestIndex index = open()) {
      index.record(many.toArray(Event[]::new));
      for (ProductSort sort : ProductSort.values()) {
        assertThat(index.find(typed.toString(), sort, 5, null).skus()).hasSizeLessThan(6);
      }
      assertThat(index.skus("alphabet")).as("with the most frequent of 520 words").isNotEmpty();
    }
  }

  @Test
  void givesUpWhatTakesTooLong() {
    try (TestIndex index =
        new TestIndex(base(), events, Fields.SCHEMA, Fields.SCHEMA, Duration.ofNanos(1))) {
      index.record(TestIndex.added("A", "Red lantern"));
      Assertions.assertThatExceptionOfType(Problem.class)
          .isThrownBy(() -> index.skus("lantern"))
          .withMessageContaining("given up");
    }
  }

  private static ProductAdded lantern(String sku, Random random) {
    String name = "Red lantern " + "nice ".repeat(random.nextInt(6)) + random.nextInt(20);
    return TestIndex.added(sku, name);
  }

  private static ProductAdded attributes(String sku, Map<String, String> attributes) {
    return new ProductAdded(new Sku(sku), TestIndex.details("Thing", "", "", attributes));
  }

  private static ProductFilter having(String... attributes) {
    return new ProductFilter(List.of(), List.of(), null, null, List.of(attributes), false);
  }

  private static List<String> list(TestIndex index, ProductFilter filter) {
    return index
        .find(new ProductSearch.Wanted(null, filter, ProductSort.NEWEST, null, 100, Set.of()))
        .skus();
  }

  private static List<Long> inStock(TestIndex index) {
    return index.facets(ProductFilter.NONE, Set.of(Facet.IN_STOCK)).inStock().stream()
        .map(Facets.Value::count)
        .toList();
  }

  private TestIndex open() {
    return new TestIndex(base(), events);
  }

  private Path base() {
    return directory.resolve("search");
  }

  private List<Path> generations() throws IOException {
    try (Stream<Path> children = Files.list(base())) {
      return children.sorted().toList();
    }
  }

  private static long committed(Path generation) throws IOException {
    try (Directory opened = FSDirectory.open(generation)) {
      return IndexMark.read(SegmentInfos.readLatestCommit(opened).getUserData()).position();
    }
  }

  private static void copy(Path from, Path to) throws IOException {
    try (Stream<Path> files = Files.walk(from)) {
      for (Path file : files.toList()) {
        Path target = to.resolve(from.relativize(file).toString());
        if (Files.isDirectory(file)) {
          Files.createDirectories(target);
        } else {
          Files.copy(file, target, StandardCopyOption.REPLACE_EXISTING);
        }
      }
    }
  }
}
