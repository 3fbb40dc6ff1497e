package dev.lastunit.shared.command.bus;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lastunit.inventory.api.Reservation;
import dev.lastunit.inventory.api.StockCommand.ReceiveStock;
import dev.lastunit.inventory.api.StockCommand.ReserveStock;
import dev.lastunit.inventory.api.StockLevel;
import dev.lastunit.shared.api.CommandId;
import dev.lastunit.shared.api.Commands.Reply;
import dev.lastunit.shared.api.LocationId;
import dev.lastunit.shared.api.OrderId;
import dev.lastunit.shared.api.ReservationId;
import dev.lastunit.shared.api.Result;
import dev.lastunit.shared.api.Sku;
import dev.lastunit.shared.command.bus.BusDatabase.Node;
import dev.lastunit.shared.command.bus.ShardedCommandBus.Limits;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The bus over a real PostgreSQL: positions, snapshots, and connections that are lost. */
@Timeout(60)
class CommandBusPostgresTest {

  private static final Limits LIMITS = new Limits(2, 10_000, 1_000);
  private static final Limits ONE_SHARD = new Limits(1, 10_000, 1_000, Duration.ofMinutes(1));
  private static final LocationId MAIN = new LocationId("main");
  private static final Instant NOW = Instant.parse("2026-11-24T10:00:00Z");

  private static BusDatabase database;

  @BeforeAll
  static void startDatabase() {
    database = BusDatabase.quick();
  }

  @AfterAll
  static void stopDatabase() {
    database.close();
  }

  @BeforeEach
  void clear() {
    database.clear();
  }

  private static CompletableFuture<Reply<StockLevel>> receive(Node node, Sku sku, String id) {
    return node.commands().send(new ReceiveStock(sku, new CommandId(id), MAIN, 10_000, null));
  }

  private static CompletableFuture<Reply<Reservation>> reserve(Node node, Sku sku, int order) {
    OrderId orderId = new OrderId("ord-" + order);
    return node.commands()
        .send(
            new ReserveStock(
                sku, ReservationId.of(orderId, sku), orderId, 1, Duration.ofMinutes(15), NOW));
  }

  private static StockLevel level(CompletableFuture<Reply<StockLevel>> future) {
    return future.join().result().fold(Result.Accepted::value, refused -> null);
  }

  @Test
  void tellsEachCommandThePositionOfItsOwnEvent() {
    try (Node node = database.node(LIMITS)) {
      List<Sku> skus = new ArrayList<>();
      for (int i = 0; i < 20; i++) {
        skus.add(new Sku("sku-" + i));
      }
      skus.stream().map(sku -> receive(node, sku, "stock")).toList().forEach(f -> f.join());
      List<CompletableFuture<Reply<Reservation>>> sent = new ArrayList<>();
      for (int i = 0; i < 2_000; i++) {
        sent.add(reserve(node, skus.get(i % 20), i));
      }

      Set<Long> positions = new HashSet<>();
      for (int i = 0; i < sent.size(); i++) {
        long position = sent.get(i).join().position();
        positions.add(position);
        if (i % 50 == 0) {
          assertThat(
                  database.jdbc.queryForObject(
                      "select payload from eventstore.event where position = ?",
                      String.class,
                      position))
              .contains("\"ord-" + i + "\"");
        }
      }
      assertThat(positions).hasSize(2_000).allMatch(p -> p > 20 && p <= 2_020);
      assertThat(node.head.position()).isEqualTo(2_020);
    }
  }

  /** A shard waits for its append meanwhile, so that what is sent is one batch. */
  private static void sendAsOneBatch(Node node, Runnable sending) {
    List<CompletableFuture<?>> first = new ArrayList<>();
    database.whileAppendsWait(
        node,
        () -> {
          database.statements.clear();
          first.add(receive(node, new Sku("first"), UUID.randomUUID().toString()));
          while (database.statements.stream().noneMatch(sql -> sql.contains("insert into"))) {
            Thread.onSpinWait();
          }
          sending.run();
          database.statements.clear();
        });
    first.forEach(CompletableFuture::join);
  }

  @Test
  void readsAllColdStreamsOfABatchByOneStatement() {
    List<Sku> skus = new ArrayList<>();
    for (int i = 0; i < 40; i++) {
      skus.add(new Sku("cold-" + i));
    }
    try (Node node = database.nodeWithSnapshots(ONE_SHARD, 100)) {
      // Some of them exist.
      skus.subList(0, 20).forEach(sku -> receive(node, sku, "stock").join());
    }
    List<CompletableFuture<Reply<StockLevel>>> sent = new ArrayList<>();
    try (Node node = database.nodeWithSnapshots(ONE_SHARD, 100)) {
      sendAsOneBatch(
          node,
          () -> {
            for (int twice = 0; twice < 2; twice++) {
              for (Sku sku : skus) {
                sent.add(receive(node, sku, "more-" + twice));
              }
            }
          });
      for (int i = 0; i < sent.size(); i++) {
        int before = i < 20 || i >= 40 && i < 60 ? 1 : 0;
        assertThat(level(sent.get(i)).onHand()).isEqualTo(10_000L * (before + 1 + i / 40));
      }
      // The first batch's append ends; then the streams are read, appended to and committed.
      assertThat(database.statements)
          .satisfiesExactly(
              lock -> assertThat(lock).isEqualTo("commit"),
              read -> assertThat(read).contains("join eventstore.snapshot"),
              append -> assertThat(append).contains("insert into").endsWith("; commit"));
      assertThat(node.meters.get("lastunit.command.batch").summary().count()).isEqualTo(2);
    }
  }

  @Test
  void snapshotsWhatIsCommittedAndLoadsIt() throws Exception {
    Sku sku = new Sku("snapshots");
    try (Node node = database.nodeWithSnapshots(LIMITS, 100)) {
      receive(node, sku, "stock").join();
      List<CompletableFuture<Reply<Reservation>>> sent = new ArrayList<>();
      for (int i = 0; i < 950; i++) {
        sent.add(reserve(node, sku, i));
      }
      sent.forEach(CompletableFuture::join);
    }
    Long snapshot = null;
    while (snapshot == null) {
      snapshot =
          database.jdbc.queryForObject("select max(sequence) from eventstore.snapshot", Long.class);
      Thread.sleep(10);
    }

    assertThat(snapshot).isBetween(99L, 950L);
    try (Node other = database.nodeWithSnapshots(LIMITS, 100)) {
      assertThat(level(receive(other, sku, "more")))
          .isEqualTo(new StockLevel(20_000, 950, 19_050, 0));
    }
  }

  @Test
  void losesAndDoublesNothingWhenTheServerEndsTheConnectionAtTheCommit() {
    losesAndDoublesNothing(false);
  }

  @Test
  void losesAndDoublesNothingWhenTheConnectionIsLostAfterTheCommit() {
    losesAndDoublesNothing(true);
  }

  private static int voidAppends() {
    return database.jdbc.queryForObject(
        "select count(*) from eventstore.void_append", Integer.class);
  }

  private static void losesAndDoublesNothing(boolean afterCommit) {
    Sku sku = new Sku("lost");
    try (Node node = database.node(new Limits(1, 10_000, 1_000))) {
      receive(node, sku, "stock").join();
      reserve(node, sku, -1).join();
      database.loseConnection(2, afterCommit);
      List<CompletableFuture<Reply<Reservation>>> sent = new ArrayList<>();
      for (int i = 0; i < 200; i++) {
        sent.add(reserve(node, sku, i));
      }

      assertThat(sent)
          .allSatisfy(
              future ->
                  assertThat(future.join().result())
                      .isInstanceOfSatisfying(
                          Result.Accepted.class, a -> assertThat(a.repeated()).isFalse()));
      assertThat(voidAppends()).isEqualTo(afterCommit ? 0 : 1);
      assertThat(database.events()).isEqualTo(202);
      assertThat(sent.stream().map(f -> f.join().position())).doesNotHaveDuplicates();
      assertThat(level(receive(node, sku, "more")))
          .isEqualTo(new StockLevel(20_000, 201, 19_799, 0));
    }
  }

  @Test
  void recordsWarmCommandsInOneRoundTrip() {
    Sku sku = new Sku("warm");
    try (Node node = database.node(ONE_SHARD)) {
      receive(node, sku, "stock").join();
      database.statements.clear();

      receive(node, sku, "more").join();

      assertThat(database.statements).hasSize(1);
    }
  }

  @Test
  void losesToAnotherNodeWithoutASecondRoundTripForTheOutcome() {
    Sku sku = new Sku("contested");
    try (Node one = database.node(ONE_SHARD);
        Node two = database.node(ONE_SHARD)) {
      receive(one, sku, "1").join();
      receive(two, sku, "2").join();
      database.statements.clear();

      assertThat(level(receive(one, sku, "3")).onHand()).isEqualTo(30_000);

      assertThat(database.statements)
          .satisfiesExactly(
              append -> assertThat(append).contains("insert into"),
              rollback -> assertThat(rollback).isEqualTo("rollback"),
              read -> assertThat(read).contains("join eventstore.snapshot"),
              again -> assertThat(again).contains("insert into"));
      assertThat(voidAppends()).isZero();
    }
  }

  @Test
  void letsTwoNodesWriteTheSameStreamsInBatches() {
    try (Node one = database.node(LIMITS);
        Node two = database.node(LIMITS)) {
      List<Sku> skus = List.of(new Sku("x"), new Sku("y"), new Sku("z"));
      skus.forEach(sku -> receive(one, sku, "stock").join());
      List<CompletableFuture<Reply<Reservation>>> sent = new ArrayList<>();
      for (int i = 0; i < 600; i++) {
        sent.add(reserve(i % 2 == 0 ? one : two, skus.get(i % 3), i));
      }

      assertThat(sent)
          .allSatisfy(f -> assertThat(f.join().result()).isInstanceOf(Result.Accepted.class));
      assertThat(database.events()).isEqualTo(603);
      for (Sku sku : skus) {
        assertThat(level(receive(two, sku, "more")).reserved()).isEqualTo(200);
      }
    }
  }
}
