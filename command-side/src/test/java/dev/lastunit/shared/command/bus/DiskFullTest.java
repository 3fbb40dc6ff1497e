package dev.lastunit.shared.command.bus;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lastunit.inventory.api.Reservation;
import dev.lastunit.inventory.api.StockCommand.ReceiveStock;
import dev.lastunit.inventory.api.StockCommand.ReserveStock;
import dev.lastunit.inventory.api.StockLevel;
import dev.lastunit.shared.api.CommandId;
import dev.lastunit.shared.api.Commands.Reply;
import dev.lastunit.shared.api.ErrorCode;
import dev.lastunit.shared.api.LocationId;
import dev.lastunit.shared.api.OrderId;
import dev.lastunit.shared.api.Problem;
import dev.lastunit.shared.api.ReservationId;
import dev.lastunit.shared.api.Result;
import dev.lastunit.shared.api.Sku;
import dev.lastunit.shared.command.bus.BusDatabase.Node;
import dev.lastunit.shared.command.bus.ShardedCommandBus.Limits;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * The database has no room left while commands arrive: what is acknowledged is stored, what is not
 * is answered as not done, the aggregates in memory are those of the store, and once there is room
 * the same keys go through, each once.
 */
@Timeout(60)
class DiskFullTest {

  private static final Limits ONE_SHARD = new Limits(1, 10_000, 1_000, Duration.ofMinutes(1));
  private static final LocationId MAIN = new LocationId("main");
  private static final Instant NOW = Instant.parse("2026-11-24T10:00:00Z");
  private static final int SKUS = 20;
  private static final int ORDERS = 200;

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

  /** An order for each number; those of one SKU follow each other. */
  private static CompletableFuture<Reply<Reservation>> reserve(Node node, int order) {
    Sku sku = sku(order % SKUS);
    OrderId orderId = orderId(order);
    return node.commands()
        .send(
            new ReserveStock(
                sku, ReservationId.of(orderId, sku), orderId, 1, Duration.ofMinutes(15), NOW));
  }

  /** Every SKU has the same delivery; asking for it again answers the level and records nothing. */
  private static StockLevel level(Node node, int sku) {
    return node.commands()
        .send(new ReceiveStock(sku(sku), new CommandId("delivery"), MAIN, ORDERS, null))
        .join()
        .result()
        .fold(Result.Accepted::value, refused -> null);
  }

  private static void deliver(Node node) {
    for (int sku = 0; sku < SKUS; sku++) {
      level(node, sku);
    }
  }

  private static Sku sku(int number) {
    return new Sku("sku-" + number);
  }

  private static OrderId orderId(int number) {
    return new OrderId("ord-" + number);
  }

  private static List<CompletableFuture<Reply<Reservation>>> reserveAll(Node node) {
    List<CompletableFuture<Reply<Reservation>>> sent = new ArrayList<>();
    for (int order = 0; order < ORDERS; order++) {
      sent.add(reserve(node, order));
    }
    return sent;
  }

  private static Set<String> storedOrders() {
    return new HashSet<>(
        database.jdbc.queryForList(
            "select payload::json ->> 'orderId' from eventstore.event where stream like '%sku-%'",
            String.class));
  }

  /** Whether each command was accepted; the others must have been told that there was no room. */
  private static List<Boolean> outcomes(List<CompletableFuture<Reply<Reservation>>> sent) {
    List<Boolean> accepted = new ArrayList<>();
    for (CompletableFuture<Reply<Reservation>> future : sent) {
      try {
        assertThat(future.join().result()).isInstanceOf(Result.Accepted.class);
        accepted.add(true);
      } catch (CompletionException e) {
        assertThat(e.getCause())
            .isInstanceOfSatisfying(
                Problem.class,
                problem -> {
                  assertThat(problem.code()).isEqualTo(ErrorCode.OVERLOADED);
                  assertThat(problem).hasMessageContaining("no room");
                });
        accepted.add(false);
      }
    }
    return accepted;
  }

  private static void losesAndDoublesNothing(Runnable fill, Runnable free) {
    try (Node node = database.node(ONE_SHARD)) {
      deliver(node);
      fill.run();
      List<Boolean> accepted = outcomes(reserveAll(node));
      assertThat(accepted).contains(false);
      agreesWithTheStore(node, accepted);

      free.run();
      List<CompletableFuture<Reply<Reservation>>> again = reserveAll(node);
      for (int order = 0; order < ORDERS; order++) {
        boolean repeated = accepted.get(order);
        assertThat(again.get(order).join().result())
            .isInstanceOfSatisfying(
                Result.Accepted.class, a -> assertThat(a.repeated()).isEqualTo(repeated));
      }
      hasEachOrderOnce(database, node);
    }
  }

  private static void agreesWithTheStore(Node node, List<Boolean> accepted) {
    int[] reserved = new int[SKUS];
    Set<String> stored = storedOrders();
    for (int order = 0; order < ORDERS; order++) {
      assertThat(stored.contains(orderId(order).value()))
          .as("order %s", order)
          .isEqualTo(accepted.get(order));
      reserved[order % SKUS] += accepted.get(order) ? 1 : 0;
    }
    for (int sku = 0; sku < SKUS; sku++) {
      assertThat(level(node, sku).reserved()).isEqualTo(reserved[sku]);
    }
  }

  private static void hasEachOrderOnce(BusDatabase in, Node node) {
    assertThat(in.events()).isEqualTo(SKUS + ORDERS);
    assertThat(in.jdbc.queryForObject("select max(position) from eventstore.event", Long.class))
        .isEqualTo(SKUS + ORDERS);
    try (Node other = in.node(ONE_SHARD)) {
      for (int sku = 0; sku < SKUS; sku++) {
        StockLevel expected = new StockLevel(ORDERS, ORDERS / SKUS, ORDERS - ORDERS / SKUS, 0);
        assertThat(level(node, sku)).isEqualTo(expected);
        assertThat(level(other, sku)).isEqualTo(expected);
      }
    }
  }

  @Test
  void losesAndDoublesNothingWhenThereIsNoRoomForEvents() throws IOException {
    try (SmallDisk disk = SmallDisk.mount(2)) {
      database.jdbc.execute("create tablespace small location '" + disk.folder() + "'");
      database.jdbc.execute("alter table eventstore.event_default set tablespace small");

      losesAndDoublesNothing(disk::fill, disk::free);

      database.jdbc.execute("alter table eventstore.event_default set tablespace pg_default");
      database.jdbc.execute("drop tablespace small");
    }
  }

  /** For machines where nothing can be mounted; here some of a batch finds room and some not. */
  @Test
  void losesAndDoublesNothingWhenTheServerSaysThatThereIsNoRoomForSome() {
    losesAndDoublesNothing(
        () ->
            database.jdbc.execute(
                """
                create function eventstore.no_room() returns trigger language plpgsql as $$
                begin
                  raise exception 'could not extend file' using errcode = 'disk_full';
                end $$;
                create trigger no_room before insert on eventstore.event_default for each row
                  when (new.sequence > 7 or new.payload like '%ord-1_"%')
                  execute function eventstore.no_room()\
                """),
        () -> database.jdbc.execute("drop function eventstore.no_room cascade"));
  }

  /** The server does not survive that: it ends in the middle of a commit. */
  @Test
  void losesAndDoublesNothingWhenThereIsNoRoomForTheLog(@TempDir Path data) throws Exception {
    try (SmallDisk disk = SmallDisk.mount(24);
        BusDatabase server = new BusDatabase(smallLog(disk, data))) {
      try (Node node = server.node(ONE_SHARD)) {
        deliver(node);
        disk.fill();
        useUpLog(server);
        List<CompletableFuture<Reply<Reservation>>> sent = reserveAll(node);
        await(() -> !server.isServerAlive());
        List<Boolean> before =
            sent.stream().map(f -> f.isDone() && !f.isCompletedExceptionally()).toList();
        disk.free();
        server.restartServer();

        assertThat(before).contains(false);
        assertThat(outcomes(sent)).doesNotContain(false);
        hasEachOrderOnce(server, node);
      }
    }
  }

  /** Its files are small, and each is made when it is needed. */
  private static EmbeddedPostgres.Builder smallLog(SmallDisk disk, Path data) throws IOException {
    int port;
    try (ServerSocket free = new ServerSocket(0)) {
      port = free.getLocalPort();
    }
    return EmbeddedPostgres.builder()
        .setPort(port)
        .setDataDirectory(data)
        .setCleanDataDirectory(false)
        .setLocaleConfig("waldir", disk.folder().toString())
        .setLocaleConfig("wal-segsize", "1")
        .setServerConfig("min_wal_size", "2MB")
        .setServerConfig("max_wal_size", "4MB")
        .setServerConfig("wal_recycle", "off")
        .setServerConfig("synchronous_commit", "on")
        .setServerConfig("restart_after_crash", "off");
  }

  /** All but 50 KB of the files that there are; the orders take some 170 KB. */
  private static void useUpLog(BusDatabase database) {
    database.jdbc.queryForList(
        """
        select pg_logical_emit_message(false, 'test', repeat('x', greatest(0, left_over - 50000)::int))
        from (select (('x' || substr(name, 9, 8))::bit(32)::bigint * 4096
            + ('x' || substr(name, 17, 8))::bit(32)::bigint + 1) * 1048576
            - (pg_current_wal_insert_lsn() - '0/0'::pg_lsn) as left_over
          from (select max(name) as name from pg_ls_waldir() where name ~ '^[0-9A-F]{24}$') f) b\
        """);
  }

  private static void await(BooleanSupplier condition) throws InterruptedException {
    long deadline = System.nanoTime() + Duration.ofSeconds(20).toNanos();
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime()).as("within 20 s").isLessThan(deadline);
      Thread.sleep(5);
    }
  }
}
