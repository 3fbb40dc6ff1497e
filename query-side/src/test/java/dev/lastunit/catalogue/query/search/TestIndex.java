package dev.lastunit.catalogue.query.search;

import dev.lastunit.catalogue.api.ProductDetails;
import dev.lastunit.catalogue.api.ProductEvent.ProductAdded;
import dev.lastunit.catalogue.query.CatalogueReads.Facet;
import dev.lastunit.catalogue.query.Facets;
import dev.lastunit.catalogue.query.ProductFilter;
import dev.lastunit.catalogue.query.ProductSort;
import dev.lastunit.shared.api.Event;
import dev.lastunit.shared.api.Money;
import dev.lastunit.shared.api.Sku;
import dev.lastunit.shared.query.ReadModelGate;
import dev.lastunit.testing.MemoryEvents;
import dev.lastunit.testing.MemoryNodeEvents;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** An index over events in memory, with stock as a test sets it. */
final class TestIndex implements AutoCloseable {

  static final String ROWS = "catalogue.products";

  private final MemoryEvents events;
  private final MemoryNodeEvents nodeEvents;
  private final SearchThreads threads = new SearchThreads(16);
  private final ProductIndex index;
  private final ProductSearch search;
  private final Map<String, Long> stock = new HashMap<>();

  /** The present schema. */
  TestIndex(Path directory, MemoryEvents events) {
    this(directory, events, Fields.SCHEMA, Fields.SCHEMA, Duration.ofSeconds(10));
  }

  TestIndex(
      Path directory, MemoryEvents events, int schema, int oldestReadable, Duration timeLimit) {
    this.events = events;
    this.nodeEvents = new MemoryNodeEvents(events);
    this.index =
        new ProductIndex(
            directory, nodeEvents, events, stock(stock), ROWS, 16, schema, oldestReadable);
    this.search = new ProductSearch(index, new ReadModelGate(events), threads, timeLimit);
    index.start();
  }

  private static StockLevels stock(Map<String, Long> units) {
    return skus -> {
      Map<String, Long> result = new HashMap<>();
      skus.stream().filter(units::containsKey).forEach(sku -> result.put(sku, units.get(sku)));
      return result;
    };
  }

  /** Records the events, lets the index have them, and waits until they can be found. */
  void record(Event... payloads) {
    for (Event payload : payloads) {
      events.append(payload);
    }
    deliverAndServe();
  }

  /** Lets the index have what was recorded. */
  void deliver() {
    events.reached(ROWS, events.head());
    nodeEvents.deliver();
  }

  /** The same, waiting until it is searched. */
  void deliverAndServe() {
    deliver();
    until(() -> index.position() >= events.head());
  }

  void stock(String sku, long units) {
    stock.put(sku, units);
  }

  ProductIndex index() {
    return index;
  }

  ProductSearch search() {
    return search;
  }

  MemoryNodeEvents nodeEvents() {
    return nodeEvents;
  }

  /** A page of those that have the words, without counts. */
  ProductSearch.Found find(String text, ProductSort sort, int limit, String cursor) {
    return find(new ProductSearch.Wanted(text, ProductFilter.NONE, sort, cursor, limit, Set.of()));
  }

  ProductSearch.Found find(ProductSearch.Wanted wanted) {
    return search.find(wanted, 0).block(Duration.ofSeconds(20));
  }

  /** The best SKUs for the words. */
  List<String> skus(String text) {
    return find(text, ProductSort.RELEVANCE, 100, null).skus();
  }

  /** Counts of everything. */
  Facets facets(ProductFilter filter, Set<Facet> wanted) {
    return find(new ProductSearch.Wanted(null, filter, ProductSort.NEWEST, null, 1, wanted))
        .facets();
  }

  static ProductAdded added(String sku, String name) {
    return new ProductAdded(new Sku(sku), details(name, "", "", Map.of()));
  }

  static ProductDetails details(
      String name, String brand, String category, Map<String, String> attributes) {
    return new ProductDetails(name, "", brand, category, new Money(100, "GBP"), attributes, null);
  }

  static void until(BooleanSupplier condition) {
    long end = System.nanoTime() + Duration.ofSeconds(20).toNanos();
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() > end) {
        throw new AssertionError("It did not come");
      }
      LockSupport.parkNanos(5_000_000);
    }
  }

  @Override
  public void close() {
    index.close();
    threads.close();
  }
}
