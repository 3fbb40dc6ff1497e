package dev.lastunit.process.expiry;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lastunit.inventory.api.StockCommand.ExpireReservations;
import dev.lastunit.inventory.api.StockEvent.ReservationExpired;
import dev.lastunit.inventory.api.StockEvent.StockReserved;
import dev.lastunit.process.engine.CommandSender;
import dev.lastunit.process.expiry.DeadlineStore.Claim;
import dev.lastunit.process.expiry.DeadlineStore.Settled;
import dev.lastunit.process.testing.Await;
import dev.lastunit.process.testing.Deliveries;
import dev.lastunit.process.testing.SettableClock;
import dev.lastunit.process.testing.TestDatabase;
import dev.lastunit.shared.api.Command;
import dev.lastunit.shared.api.Commands;
import dev.lastunit.shared.api.Event;
import dev.lastunit.shared.api.OrderId;
import dev.lastunit.shared.api.RecordedEvent;
import dev.lastunit.shared.api.ReservationId;
import dev.lastunit.shared.api.Result;
import dev.lastunit.shared.api.Sku;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ReservationExpiryTest {

  private static final Sku SKU = new Sku("A");
  private static final OrderId ORDER = new OrderId("ord-1");

  private static TestDatabase database;

  private final SettableClock clock = new SettableClock();
  private final Instant start = clock.instant().truncatedTo(ChronoUnit.MILLIS);
  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private final List<ExpireReservations> asked = new CopyOnWriteArrayList<>();
  private volatile Function<Sku, CompletableFuture<Instant>> inventory =
      sku -> CompletableFuture.completedFuture(null);
  private DeadlineStore store;
  private ReservationDeadlines handler;
  private ExpirySweeper sweeper;

  @BeforeAll
  static void openDatabase() {
    database = new TestDatabase();
  }

  @AfterAll
  static void closeDatabase() {
    database.close();
  }

  @BeforeEach
  void create() {
    database.clear();
    store = new DeadlineStore(database.jdbc());
    handler = new ReservationDeadlines(store, meters);
    Commands commands =
        new Commands() {
          @Override
          @SuppressWarnings("unchecked")
          public <R> CompletableFuture<Reply<R>> send(
              Command<R> command, Map<String, String> metadata) {
            ExpireReservations expire = (ExpireReservations) (Command<?>) command;
            asked.add(expire);
            return inventory
                .apply(expire.sku())
                .thenApply(next -> new Reply<>((Result<R>) Result.accepted(next), 1));
          }
        };
    sweeper =
        new ExpirySweeper(
            store,
            database.transactions(),
            new CommandSender(commands),
            clock,
            Duration.ofMillis(5));
  }

  @AfterEach
  void stop() {
    sweeper.stop();
  }

  private void deliver(Event... events) {
    List<RecordedEvent> batch =
        IntStream.range(0, events.length)
            .mapToObj(at -> new RecordedEvent(at + 1, Instant.EPOCH, "s", at, events[at], Map.of()))
            .toList();
    new Deliveries(database.transactions(), after -> List.of()).deliver(handler, batch);
  }

  private static StockReserved reserved(Sku sku, Instant expiresAt) {
    return new StockReserved(sku, ReservationId.of(ORDER, sku), ORDER, List.of(), expiresAt);
  }

  private Instant due(Sku sku) {
    List<Instant> found =
        database
            .jdbc()
            .query(
                "select due_at from process.reservation_deadline where sku = ?",
                (rs, n) -> rs.getTimestamp(1).toInstant(),
                sku.value());
    return found.isEmpty() ? null : found.getFirst();
  }

  private Instant in(int seconds) {
    return start.plusSeconds(seconds);
  }

  @Test
  void keepsTheEarliestExpiryOfEachSku() {
    Sku other = new Sku("B");

    deliver(reserved(SKU, in(20)), reserved(other, in(30)), reserved(SKU, in(10)));
    deliver(reserved(SKU, in(15)), reserved(other, in(25)));

    assertThat(due(SKU)).isEqualTo(in(10));
    assertThat(due(other)).isEqualTo(in(25));
  }

  @Test
  void asksWhenTheTimeHasComeAndNotBefore() {
    deliver(reserved(SKU, in(10)));
    sweeper.start();
    Await.sleep(Duration.ofMillis(40));
    assertThat(asked).isEmpty();

    clock.advance(Duration.ofSeconds(10));

    Await.until("asked", () -> asked.size() == 1);
    assertThat(asked.getFirst().sku()).isEqualTo(SKU);
    assertThat(asked.getFirst().at()).isAfterOrEqualTo(in(10));
    Await.until("nothing is left to ask", () -> due(SKU) == null);
    assertThat(asked).hasSize(1);
  }

  @Test
  void asksAgainWhenInventorySays() {
    inventory = sku -> CompletableFuture.completedFuture(asked.size() == 1 ? in(60) : null);
    deliver(reserved(SKU, in(10)));
    sweeper.start();
    clock.advance(Duration.ofSeconds(10));

    Await.until("noted", () -> in(60).equals(due(SKU)));
    assertThat(asked).hasSize(1);

    clock.advance(Duration.ofSeconds(50));
    Await.until("nothing is left to ask", () -> due(SKU) == null);
    assertThat(asked).hasSize(2);
  }

  @Test
  void asksRightAfterTheStartWhatIsOverdue() {
    deliver(reserved(SKU, in(-100)));

    sweeper.start();

    Await.until("asked", () -> asked.size() == 1);
  }

  @Test
  void losesNoDeadlineThatCameWhileInventoryWasAnswering() {
    CompletableFuture<Instant> answer = new CompletableFuture<>();
    inventory = sku -> asked.size() == 1 ? answer : CompletableFuture.completedFuture(in(20));
    deliver(reserved(SKU, in(-1)));
    sweeper.start();
    Await.until("asked", () -> asked.size() == 1);

    // Reserved after inventory decided its answer, and delivered before that was written.
    deliver(reserved(SKU, in(20)));
    answer.complete(null);

    Await.until("asked again", () -> asked.size() == 2);
    Await.until("noted", () -> in(20).equals(due(SKU)));
  }

  @Test
  void asksAgainWhenInventoryDidNotAnswer() {
    inventory =
        sku ->
            asked.size() == 1
                ? CompletableFuture.failedFuture(new IllegalStateException("lost"))
                : CompletableFuture.completedFuture(null);
    deliver(reserved(SKU, in(-1)));
    sweeper.start();
    Await.until("asked", () -> asked.size() == 1);
    Await.sleep(Duration.ofMillis(40));
    assertThat(asked).hasSize(1);

    clock.advance(Duration.ofSeconds(31));

    Await.until("nothing is left to ask", () -> due(SKU) == null);
    assertThat(asked).hasSize(2);
  }

  @Test
  void worksOffMoreThanOneRound() {
    StockReserved[] many =
        IntStream.range(0, 300)
            .mapToObj(at -> reserved(new Sku("S" + at), in(-1)))
            .toArray(StockReserved[]::new);
    deliver(many);

    sweeper.start();

    Await.until(
        "all asked", () -> asked.stream().map(ExpireReservations::sku).distinct().count() == 300);
  }

  @Test
  void neverGivesOneDeadlineToTwoNodes() {
    deliver(reserved(SKU, in(-1)));

    List<Claim> first = store.claim(10, clock.instant(), clock.instant().plusSeconds(30));
    List<Claim> second = store.claim(10, clock.instant(), clock.instant().plusSeconds(30));

    assertThat(first).hasSize(1);
    assertThat(second).isEmpty();
    store.settle(List.of(new Settled(first.getFirst(), null)));
    assertThat(due(SKU)).isNull();
  }

  @Test
  void countsWhatExpired() {
    deliver(
        new ReservationExpired(SKU, ReservationId.of(ORDER, SKU), ORDER, List.of()),
        new ReservationExpired(SKU, ReservationId.of(ORDER, SKU), ORDER, List.of()));

    assertThat(meters.get("lastunit.inventory.reservations.expired").counter().count())
        .isEqualTo(2);
  }
}
