package dev.lastunit.app.axon;

import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariDataSource;
import dev.lastunit.app.postgres.EmbeddedPostgres;
import dev.lastunit.app.postgres.PostgresSettings;
import dev.lastunit.inventory.api.Reservation;
import dev.lastunit.inventory.api.StockCommand.ReceiveStock;
import dev.lastunit.inventory.api.StockCommand.ReserveStock;
import dev.lastunit.inventory.api.StockLevel;
import dev.lastunit.shared.api.CommandId;
import dev.lastunit.shared.api.Commands.Reply;
import dev.lastunit.shared.api.ErrorCode;
import dev.lastunit.shared.api.LocationId;
import dev.lastunit.shared.api.OrderId;
import dev.lastunit.shared.api.ReservationId;
import dev.lastunit.shared.api.Result;
import dev.lastunit.shared.api.Sku;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Two nodes, each with its own command bus and cached aggregates, write to the same SKU over one
 * database. The store's uniqueness decides, the loser loads again: nothing is lost, doubled or
 * promised twice.
 */
class SeveralWritersTest {

  private static final int SENT_BY_EACH = 300;
  private static final LocationId MAIN = new LocationId("main");
  private static final Instant NOW = Instant.parse("2026-11-24T10:00:00Z");

  @TempDir static Path directory;

  private static EmbeddedPostgres postgres;
  private static HikariDataSource dataSource;

  @BeforeAll
  static void startDatabase() {
    postgres = EmbeddedPostgres.start(PostgresSettings.in(directory));
    dataSource = StockNode.database(postgres);
  }

  @AfterAll
  static void stopDatabase() {
    dataSource.close();
    postgres.close();
  }

  @Test
  void neverPromisesAUnitTwice() {
    Sku sku = new Sku("contested");
    try (StockNode one = new StockNode(dataSource, 4, 10_000);
        StockNode two = new StockNode(dataSource, 4, 10_000)) {
      receive(one, sku, "stock", SENT_BY_EACH).join();

      List<CompletableFuture<Reply<Reservation>>> sent = new ArrayList<>();
      for (int i = 0; i < SENT_BY_EACH; i++) {
        sent.add(reserve(one, sku, "one-" + i));
        sent.add(reserve(two, sku, "two-" + i));
      }
      List<Result<Reservation>> results = sent.stream().map(f -> f.join().result()).toList();

      assertThat(results)
          .filteredOn(result -> result instanceof Result.Accepted)
          .hasSize(SENT_BY_EACH);
      assertThat(results)
          .filteredOn(
              result ->
                  result instanceof Result.Refused<Reservation> refused
                      && refused.code() == ErrorCode.OUT_OF_STOCK)
          .hasSize(SENT_BY_EACH);
      StockLevel level =
          receive(two, sku, "one-more", 1)
              .join()
              .result()
              .fold(Result.Accepted::value, refused -> null);
      assertThat(level).isEqualTo(new StockLevel(SENT_BY_EACH + 1, SENT_BY_EACH, 1, 0));
    }
  }

  @Test
  void answersTheSameCommandTheSameOnBothNodes() {
    Sku sku = new Sku("repeated");
    try (StockNode one = new StockNode(dataSource, 2, 1_000);
        StockNode two = new StockNode(dataSource, 2, 1_000)) {
      receive(one, sku, "stock", 10).join();

      var first = reserve(one, sku, "order").join();
      var again = reserve(two, sku, "order").join();

      assertThat(again.result())
          .isInstanceOfSatisfying(
              Result.Accepted.class,
              accepted -> {
                assertThat(accepted.repeated()).isTrue();
                assertThat(accepted.value())
                    .isEqualTo(((Result.Accepted<Reservation>) first.result()).value());
              });
      assertThat(again.position()).isGreaterThanOrEqualTo(first.position());
    }
  }

  @Test
  void refusesWithoutEffectWhenTheQueueIsFull() {
    Sku sku = new Sku("crowded");
    try (StockNode node = new StockNode(dataSource, 1, 4)) {
      receive(node, sku, "stock", 1_000).join();

      List<CompletableFuture<Reply<Reservation>>> sent = new ArrayList<>();
      for (int i = 0; i < 500; i++) {
        sent.add(reserve(node, sku, "order-" + i));
      }
      long refused =
          sent.stream()
              .filter(future -> future.handle((reply, failure) -> failure != null).join())
              .count();
      long accepted = sent.size() - refused;

      assertThat(refused).isPositive();
      StockLevel level =
          receive(node, sku, "one-more", 1).join().result().fold(Result.Accepted::value, r -> null);
      assertThat((long) level.reserved()).isEqualTo(accepted);
    }
  }

  private static CompletableFuture<Reply<StockLevel>> receive(
      StockNode node, Sku sku, String commandId, int units) {
    return node.commands.send(new ReceiveStock(sku, new CommandId(commandId), MAIN, units, null));
  }

  private static CompletableFuture<Reply<Reservation>> reserve(
      StockNode node, Sku sku, String order) {
    OrderId orderId = new OrderId("ord-" + order);
    return node.commands.send(
        new ReserveStock(
            sku, ReservationId.of(orderId, sku), orderId, 1, Duration.ofMinutes(15), NOW));
  }
}
