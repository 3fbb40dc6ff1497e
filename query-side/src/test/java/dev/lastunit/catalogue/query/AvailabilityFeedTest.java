package dev.lastunit.catalogue.query;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lastunit.catalogue.api.ProductEvent.ProductDelisted;
import dev.lastunit.shared.api.ErrorCode;
import dev.lastunit.shared.api.Problem;
import dev.lastunit.shared.api.Sku;
import dev.lastunit.testing.ReadServer;
import dev.lastunit.testing.Shelf;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.reactivestreams.Subscription;
import reactor.core.Disposable;
import reactor.core.publisher.BaseSubscriber;
import reactor.test.StepVerifier;

/** Many streams over one read model. */
class AvailabilityFeedTest {

  private static final Duration SOON = Duration.ofSeconds(10);
  private static final int MOST_STREAMS = 3_000;

  private static ReadServer server;
  private static int made;

  private AvailabilityFeed feed;

  @BeforeAll
  static void startServer() {
    server =
        new ReadServer(
            List.of("V1__catalogue.sql", "V14__search_left_the_database.sql"),
            List.of("dev.lastunit.catalogue"));
  }

  @AfterAll
  static void stopServer() {
    server.close();
  }

  @BeforeEach
  void start() {
    feed =
        new AvailabilityFeed(
            server.bean(ProductPages.class),
            server.events(),
            said ->
                (said.sku().value()
                        + " "
                        + (said.availability() == null ? "-" : said.availability().available()))
                    .getBytes(StandardCharsets.UTF_8),
            "alive".getBytes(StandardCharsets.UTF_8),
            MOST_STREAMS);
    feed.start();
  }

  @AfterEach
  void stop() {
    feed.stop();
  }

  private static Sku listed(int units) {
    String sku = "F-" + made++;
    Shelf shelf = new Shelf(sku, "Thing", "", "", 100, units);
    server.record(shelf.added(), shelf.received());
    return new Sku(sku);
  }

  private StepVerifier.FirstStep<String> following(Set<Sku> skus, boolean endsWithTheProduct) {
    return StepVerifier.create(
        feed.follow(skus, 0, endsWithTheProduct)
            .map(message -> new String(message, StandardCharsets.UTF_8))
            .filter(message -> !message.equals("alive")));
  }

  @Test
  void aSetTellsEachProductAndGoesOnWhenOneIsDelisted() {
    Sku first = listed(9);
    Sku second = listed(4);
    Sku never = new Sku("F-NEVER");

    following(new LinkedHashSet<>(List.of(first, second, never)), false)
        .recordWith(ArrayList::new)
        .expectNextCount(3)
        .consumeRecordedWith(
            told ->
                assertThat(told)
                    .containsExactlyInAnyOrder(
                        first.value() + " 9", second.value() + " 4", "F-NEVER -"))
        .then(() -> server.record(Shelf.moved(second.value(), -1)))
        .expectNext(second.value() + " 3")
        .then(() -> server.record(new ProductDelisted(first)))
        .expectNext(first.value() + " -")
        .then(() -> server.record(Shelf.moved(second.value(), -1)))
        .expectNext(second.value() + " 2")
        .thenCancel()
        .verify(SOON);
    assertThat(feed.open()).isZero();
  }

  @Test
  void aStreamOfOneProductEndsWithIt() {
    Sku sku = listed(9);
    following(Set.of(sku), true)
        .expectNext(sku.value() + " 9")
        .then(() -> server.record(new ProductDelisted(sku)))
        .expectComplete()
        .verify(SOON);
    assertThat(feed.open()).isZero();
  }

  @Test
  void aChangeIsReadOnceForThousandsOfStreams() {
    Sku sku = listed(1_000);
    List<Reader> readers = new ArrayList<>();
    for (int i = 0; i < MOST_STREAMS; i++) {
      Reader reader = new Reader();
      feed.follow(Set.of(sku), 0, true).subscribe(reader);
      readers.add(reader);
    }
    await(() -> readers.stream().allMatch(reader -> reader.has(sku.value() + " 1000")));
    long before = server.reads();

    server.record(Shelf.moved(sku.value(), -1));

    await(() -> readers.stream().allMatch(reader -> reader.has(sku.value() + " 999")));
    assertThat(server.reads() - before).isLessThanOrEqualTo(2);
    readers.forEach(Disposable::dispose);
    assertThat(feed.open()).isZero();
  }

  @Test
  void whoTakesNothingHoldsNobodyUpAndGetsTheLatest() {
    Sku sku = listed(1_000);
    Reader slow = new Reader(1);
    Reader quick = new Reader();
    feed.follow(Set.of(sku), 0, true).subscribe(slow);
    feed.follow(Set.of(sku), 0, true).subscribe(quick);
    await(() -> slow.has(sku.value() + " 1000") && quick.has(sku.value() + " 1000"));
    for (int i = 1; i <= 50; i++) {
      server.record(Shelf.moved(sku.value(), -1));
      String told = sku.value() + " " + (1_000 - i);
      await(() -> quick.has(told));
    }

    assertThat(slow.told()).containsExactly(sku.value() + " 1000");
    slow.request(10);
    await(() -> slow.has(sku.value() + " 950"));
    assertThat(slow.told()).hasSize(2);
    slow.dispose();
    quick.dispose();
  }

  @Test
  void refusesMoreStreamsThanItMayHave() {
    Sku sku = listed(1);
    List<Reader> readers = new ArrayList<>();
    for (int i = 0; i < MOST_STREAMS; i++) {
      Reader reader = new Reader();
      feed.follow(Set.of(sku), 0, true).subscribe(reader);
      readers.add(reader);
    }
    StepVerifier.create(feed.follow(Set.of(sku), 0, true))
        .expectErrorSatisfies(
            failure ->
                assertThat(failure)
                    .isInstanceOfSatisfying(
                        Problem.class,
                        problem -> assertThat(problem.code()).isEqualTo(ErrorCode.OVERLOADED)))
        .verify(SOON);

    readers.removeLast().dispose();
    following(Set.of(sku), true).expectNext(sku.value() + " 1").thenCancel().verify(SOON);
    readers.forEach(Disposable::dispose);
  }

  @Test
  void endsAllStreamsWhenTheNodeStops() {
    Sku sku = listed(1);
    following(Set.of(sku), true)
        .expectNext(sku.value() + " 1")
        .then(feed::stop)
        .expectComplete()
        .verify(SOON);
    assertThat(feed.open()).isZero();
  }

  private static void await(BooleanSupplier condition) {
    Instant deadline = Instant.now().plus(SOON);
    while (!condition.getAsBoolean()) {
      assertThat(Instant.now()).as("still waiting").isBefore(deadline);
      Thread.onSpinWait();
    }
  }

  /** Notes what it is told. */
  private static final class Reader extends BaseSubscriber<byte[]> {

    private final List<String> told = new ArrayList<>();
    private final long wanted;

    Reader() {
      this(Long.MAX_VALUE);
    }

    Reader(long wanted) {
      this.wanted = wanted;
    }

    @Override
    protected void hookOnSubscribe(Subscription subscription) {
      request(wanted);
    }

    @Override
    protected void hookOnNext(byte[] message) {
      synchronized (told) {
        told.add(new String(message, StandardCharsets.UTF_8));
      }
    }

    List<String> told() {
      synchronized (told) {
        return told.stream().filter(message -> !message.equals("alive")).toList();
      }
    }

    boolean has(String message) {
      synchronized (told) {
        return told.contains(message);
      }
    }
  }
}
