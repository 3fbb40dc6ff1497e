package dev.lastunit.catalogue.query;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lastunit.catalogue.api.ProductEvent.ProductDelisted;
import dev.lastunit.shared.api.ErrorCode;
import dev.lastunit.shared.api.Event;
import dev.lastunit.shared.api.LiveEvents;
import dev.lastunit.shared.api.Positions;
import dev.lastunit.shared.api.Problem;
import dev.lastunit.shared.api.RecordedEvent;
import dev.lastunit.shared.api.Sku;
import dev.lastunit.shared.query.ReadModelGate;
import dev.lastunit.testing.Shelf;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Mono;
import reactor.test.scheduler.VirtualTimeScheduler;

/** Pages in memory are never older than the rows, whatever overtakes what. */
class ProductPagesTest {

  private static final Sku LAMP = new Sku("LAMP");
  private static final Sku MUG = new Sku("MUG");
  private static final int PLENTY = 1_000;

  private final Store store = new Store();
  private ProductPages pages;

  @BeforeEach
  void controlTime() {
    VirtualTimeScheduler.getOrSet();
    pages = pages(1 << 20);
  }

  @AfterEach
  void releaseTime() {
    VirtualTimeScheduler.reset();
  }

  private ProductPages pages(long bytes) {
    ProductPages made = new ProductPages(store, new ReadModelGate(store), store, bytes);
    made.follow(store);
    return made;
  }

  @Test
  void readsAProductThatNobodyTouchesOnce() {
    store.put(LAMP, PLENTY);
    store.put(MUG, PLENTY);
    store.catchUp();

    String first = shown(LAMP);
    store.put(MUG, PLENTY - 1);
    store.catchUp();

    assertThat(shown(LAMP)).isEqualTo(first);
    assertThat(pages.atHand(LAMP)).map(ProductPages.Shown::position).contains(3L);
    assertThat(store.reads).isEqualTo(1);
  }

  @Test
  void servesAPageUntilTheModelHasTheChange() {
    store.put(LAMP, PLENTY);
    store.catchUp();
    String before = shown(LAMP);

    store.put(LAMP, PLENTY - 1);
    store.tellAll();
    assertThat(shown(LAMP)).isEqualTo(before);
    assertThat(store.reads).isEqualTo(1);

    store.model = store.head();
    assertThat(pages.atHand(LAMP)).isEmpty();
    assertThat(shown(LAMP)).isNotEqualTo(before);
    assertThat(store.reads).isEqualTo(2);
  }

  @Test
  void aProductThatChangesAllTheTimeIsReadAsOftenAsTheModelMoves() {
    store.put(LAMP, PLENTY);
    store.catchUp();
    shown(LAMP);
    for (int i = 1; i <= 20; i++) {
      store.put(LAMP, PLENTY - i);
      store.tellAll();
      // Always one behind.
      store.model = store.head() - 1;
      assertThat(shown(LAMP)).isEqualTo(store.at(store.model, LAMP));
    }
  }

  @Test
  void whereFewAreLeftThePageWaitsForAllThatIsCommitted() {
    store.put(LAMP, 3);
    store.catchUp();
    assertThat(shown(LAMP)).contains("3");
    store.put(LAMP, 2);
    store.tellAll();

    assertThat(pages.atHand(LAMP)).isEmpty();
    CompletableFuture<ProductPages.Shown> late = pages.find(LAMP, 0).toFuture();
    assertThat(late).isNotDone();
    store.model = store.head();
    VirtualTimeScheduler.get().advanceTimeBy(Duration.ofMillis(2));

    assertThat(text(late.join().page())).contains("2");
  }

  @Test
  void manyWhoAskAtOnceShareARead() {
    store.put(LAMP, PLENTY);
    store.catchUp();
    store.held = true;
    List<CompletableFuture<ProductPages.Shown>> asked = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      asked.add(pages.find(LAMP, 0).toFuture());
    }
    assertThat(store.reads).isEqualTo(1);

    store.finishReads();

    assertThat(asked).allSatisfy(one -> assertThat(one.join().page()).isNotNull());
    assertThat(store.reads).isEqualTo(1);
  }

  @Test
  void whoNeedsMoreThanAReadUnderWayReadsAgain() {
    store.put(LAMP, PLENTY);
    store.catchUp();
    store.held = true;
    CompletableFuture<ProductPages.Shown> content = pages.find(LAMP, 0).toFuture();
    store.put(LAMP, PLENTY - 1);
    store.catchUp();
    CompletableFuture<ProductPages.Shown> needs = pages.find(LAMP, 2).toFuture();
    store.held = false;

    store.finishReads();

    assertThat(content).isDone();
    assertThat(needs.join().position()).isEqualTo(2);
    assertThat(text(needs.join().page())).isEqualTo(store.at(2, LAMP));
  }

  @Test
  void aFailedReadIsNotKept() {
    store.put(LAMP, PLENTY);
    store.catchUp();
    store.held = true;
    CompletableFuture<ProductPages.Shown> unlucky = pages.find(LAMP, 0).toFuture();
    store.failReads();
    store.held = false;

    assertThat(unlucky).isCompletedExceptionally();
    assertThat(shown(LAMP)).isEqualTo(store.at(1, LAMP));
  }

  @Test
  void whatDoesNotExistTakesNoPlace() {
    store.put(LAMP, PLENTY);
    store.catchUp();

    assertThat(pages.find(MUG, 0).block().page()).isNull();
    store.put(MUG, PLENTY);
    store.catchUp();

    assertThat(shown(MUG)).isEqualTo(store.at(2, MUG));
  }

  @Test
  void aGapInTheTailMakesAllPagesBeReadAgain() {
    store.put(LAMP, PLENTY);
    store.catchUp();
    shown(LAMP);
    store.put(LAMP, 7);
    store.told = store.head();
    store.put(MUG, PLENTY);
    store.catchUp();

    assertThat(shown(LAMP)).isEqualTo(store.at(3, LAMP));
  }

  @Test
  void isBoundedInBytes() {
    pages = pages(10_000);
    for (int i = 0; i < 1_000; i++) {
      store.put(new Sku("S" + i), PLENTY);
    }
    store.catchUp();
    for (int i = 0; i < 1_000; i++) {
      shown(new Sku("S" + i));
    }
    long kept =
        IntStream.range(0, 1_000).filter(i -> pages.atHand(new Sku("S" + i)).isPresent()).count();
    assertThat(kept).isLessThan(30);
  }

  /** Readers, a model and a tail, each at its own pace. */
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
  void whateverOvertakesWhatNoPageIsOlderThanItSays(long seed) {
    record Asked(
        Sku sku, long minPosition, long headBefore, CompletableFuture<ProductPages.Shown> answer) {}
    Random random = new Random(seed);
    // So few bytes that pages are pushed out too.
    pages = pages(1_500);
    List<Sku> skus = List.of(LAMP, MUG, new Sku("DESK"), new Sku("BED"), new Sku("SOFA"));
    List<Asked> open = new ArrayList<>();
    store.held = true;
    int answered = 0;
    int atHand = 0;
    for (int step = 0; step < 20_000; step++) {
      Sku sku = skus.get(random.nextInt(skus.size()));
      switch (random.nextInt(9)) {
        case 0 -> {
          if (random.nextInt(6) == 0) {
            store.remove(sku);
          } else {
            store.put(sku, random.nextInt(3) == 0 ? random.nextInt(6) : PLENTY + step);
          }
        }
        case 1, 2 -> store.model = Math.min(store.model + 1, store.head());
        case 3, 4 -> store.tellOne();
        case 5 -> {
          long min = random.nextBoolean() ? 0 : random.nextLong(store.head() + 1);
          open.add(new Asked(sku, min, store.head(), pages.find(sku, min).toFuture()));
        }
        case 6 -> store.finishOne(random);
        case 7 -> VirtualTimeScheduler.get().advanceTimeBy(Duration.ofMillis(2));
        default -> {
          long model = store.model;
          var shown = pages.atHand(sku);
          if (shown.isPresent()) {
            atHand++;
            store.assertTrue(sku, shown.get(), model);
          }
        }
      }
      for (Asked asked : List.copyOf(open)) {
        if (!asked.answer.isDone()) {
          continue;
        }
        open.remove(asked);
        if (asked.answer.isCompletedExceptionally()) {
          assertThat(asked.answer.exceptionNow())
              .isInstanceOfSatisfying(
                  Problem.class,
                  late -> assertThat(late.code()).isEqualTo(ErrorCode.READ_MODEL_BEHIND));
          continue;
        }
        answered++;
        ProductPages.Shown shown = asked.answer.join();
        assertThat(shown.position()).isGreaterThanOrEqualTo(asked.minPosition);
        store.assertTrue(asked.sku, shown, asked.minPosition);
        if (shown.page() != null && shown.page().isScarce()) {
          assertThat(shown.position()).isGreaterThanOrEqualTo(asked.headBefore);
        }
      }
    }
    assertThat(answered).isGreaterThan(500);
    assertThat(atHand).isGreaterThan(50);
  }

  private String shown(Sku sku) {
    return text(pages.find(sku, 0).block().page());
  }

  private static String text(ProductPage page) {
    return page == null ? null : new String(page.json(), StandardCharsets.UTF_8);
  }

  /** Events, the model that follows them, and the tail that tells of them. */
  private static final class Store implements LiveEvents, Positions, ProductPages.Source {

    private final List<Event> events = new ArrayList<>();
    private final List<Map<Sku, Integer>> versions = new ArrayList<>(List.of(Map.of()));
    private final List<Consumer<RecordedEvent>> listeners = new ArrayList<>();
    private final List<Runnable> finishes = new ArrayList<>();
    private final List<Runnable> failures = new ArrayList<>();
    private long model;
    private long told;
    private boolean held;
    private int reads;

    void put(Sku sku, int units) {
      Map<Sku, Integer> next = new HashMap<>(versions.getLast());
      next.put(sku, units);
      versions.add(next);
      Shelf shelf = new Shelf(sku.value(), "Thing", "", "", 1, units);
      events.add(events.size() % 2 == 0 || units == 0 ? shelf.added() : shelf.received());
    }

    void remove(Sku sku) {
      Map<Sku, Integer> next = new HashMap<>(versions.getLast());
      next.remove(sku);
      versions.add(next);
      events.add(new ProductDelisted(sku));
    }

    void catchUp() {
      tellAll();
      model = head();
    }

    void tellAll() {
      while (told < head()) {
        tellOne();
      }
    }

    void tellOne() {
      if (told < head()) {
        Event event = events.get((int) told);
        told++;
        RecordedEvent recorded =
            new RecordedEvent(told, Instant.EPOCH, "stream", 0, event, Map.of());
        listeners.forEach(listener -> listener.accept(recorded));
      }
    }

    String at(long position, Sku sku) {
      Integer units = versions.get((int) position).get(sku);
      return units == null ? null : sku.value() + " " + units;
    }

    /** What was shown is what the product was at the position, or at a later one. */
    void assertTrue(Sku sku, ProductPages.Shown shown, long atLeast) {
      long from = Math.max(shown.position(), atLeast);
      List<String> allowed = new ArrayList<>();
      for (long position = from; position <= head(); position++) {
        allowed.add(at(position, sku));
      }
      assertThat(allowed).as("%s at %d", sku, from).contains(text(shown.page()));
    }

    @Override
    public Mono<ProductPage> find(Sku sku, long position) {
      reads++;
      long before = model;
      if (!held) {
        return Mono.justOrEmpty(page(sku, before, position));
      }
      CompletableFuture<ProductPage> read = new CompletableFuture<>();
      Random random = new Random(reads);
      finishes.add(
          () -> read.complete(page(sku, before + random.nextLong(model - before + 1), position)));
      failures.add(() -> read.completeExceptionally(new IllegalStateException("no database")));
      return Mono.fromFuture(read, true);
    }

    private ProductPage page(Sku sku, long version, long position) {
      String text = at(version, sku);
      return text == null
          ? null
          : new ProductPage(
              text.getBytes(StandardCharsets.UTF_8),
              "\"" + text + "\"",
              Availability.of(versions.get((int) version).get(sku)),
              position);
    }

    void finishOne(Random random) {
      if (!finishes.isEmpty()) {
        int one = random.nextInt(finishes.size());
        failures.remove(one);
        finishes.remove(one).run();
      }
    }

    void finishReads() {
      List<Runnable> all = List.copyOf(finishes);
      finishes.clear();
      failures.clear();
      all.forEach(Runnable::run);
    }

    void failReads() {
      List<Runnable> all = List.copyOf(failures);
      finishes.clear();
      failures.clear();
      all.forEach(Runnable::run);
    }

    @Override
    public Watch watch(Collection<String> streams, Consumer<RecordedEvent> listener) {
      throw new UnsupportedOperationException();
    }

    @Override
    public Watch watchAll(Consumer<RecordedEvent> listener) {
      listeners.add(listener);
      return () -> listeners.remove(listener);
    }

    @Override
    public long of(String handler) {
      return model;
    }

    @Override
    public long head() {
      return events.size();
    }

    @Override
    public Map<String, Long> all() {
      return Map.of();
    }
  }
}
