package dev.lastunit.shared.command.bus;

import dev.lastunit.inventory.api.StockCommand.ReceiveStock;
import dev.lastunit.inventory.api.StockCommand.ReserveStock;
import dev.lastunit.shared.api.CommandId;
import dev.lastunit.shared.api.Commands;
import dev.lastunit.shared.api.LocationId;
import dev.lastunit.shared.api.OrderId;
import dev.lastunit.shared.api.ReservationId;
import dev.lastunit.shared.api.Result;
import dev.lastunit.shared.api.Sku;
import dev.lastunit.shared.command.bus.ShardedCommandBus.Limits;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;

/**
 * How many reservations a second the command bus takes, without HTTP, over a real PostgreSQL that
 * waits for the disk. Callers are virtual threads that send the next command when the last one is
 * answered. Not a test: run {@code main} with the test class path.
 *
 * <p>Arguments: seconds for each figure, shards, then any of {@code hot:CALLERS} (one SKU), {@code
 * spread:CALLERS} (10,000 SKUs) and {@code keep:SECONDS} (leaves the database up, for pgbench with
 * {@code bench/pgbench/hot.sql} and {@code spread.sql}, see docs/write-path.md). Prints a Markdown
 * table. After each figure it compares what was acknowledged with what is stored, and fails on a
 * difference.
 */
final class CommandBusBench {

  private static final int SKUS = 10_000;
  private static final int STOCK = 1_000_000_000;
  private static final LocationId MAIN = new LocationId("main");
  private static final Instant NOW = Instant.parse("2026-11-24T10:00:00Z");

  private CommandBusBench() {}

  /** Runs. */
  public static void main(String[] args) throws InterruptedException {
    Duration time = Duration.ofSeconds(Long.parseLong(args[0]));
    int shards = Integer.parseInt(args[1]);
    List<String> works = new ArrayList<>(Arrays.asList(args).subList(2, args.length));
    try (BusDatabase database = BusDatabase.durable()) {
      System.out.println("PostgreSQL: " + database.url().replaceFirst("^jdbc:", ""));
      System.out.println(
          "| reservations | callers | a second | p50 ms | p99 ms | p99.9 ms | CPU us: JVM |"
              + " PostgreSQL |");
      System.out.println("|---|---|---|---|---|---|---|---|");
      for (String work : works) {
        String[] parts = work.split(":");
        if (parts[0].equals("keep")) {
          Thread.sleep(Duration.ofSeconds(Long.parseLong(parts[1])));
          continue;
        }
        measure(database, shards, parts[0], Integer.parseInt(parts[1]), time);
      }
    }
  }

  private static void measure(
      BusDatabase database, int shards, String work, int callers, Duration time) {
    database.clear();
    int skus = work.equals("hot") ? 1 : SKUS;
    try (BusDatabase.Node node = database.node(new Limits(shards, 8_192, 100_000))) {
      Commands commands = node.commands();
      stock(commands, skus);
      database.settle();
      AtomicInteger orders = new AtomicInteger();
      run(commands, skus, callers, time.dividedBy(2), orders);
      long before = database.events();
      long jvm = BusDatabase.cpuNanos(ProcessHandle.current());
      long postgres = database.cpuNanos();
      long start = System.nanoTime();
      long[] latencies = run(commands, skus, callers, time, orders);
      double seconds = (System.nanoTime() - start) / 1e9;
      jvm = BusDatabase.cpuNanos(ProcessHandle.current()) - jvm;
      postgres = database.cpuNanos() - postgres;
      long stored = database.events() - before;
      if (stored != latencies.length) {
        throw new IllegalStateException(
            "Acknowledged " + latencies.length + " but stored " + stored);
      }
      Arrays.sort(latencies);
      System.out.printf(
          Locale.ROOT,
          "| %s | %d | %,.0f | %.2f | %.2f | %.2f | %.1f | %.1f |%n",
          work,
          callers,
          latencies.length / seconds,
          at(latencies, 0.5),
          at(latencies, 0.99),
          at(latencies, 0.999),
          jvm / 1e3 / latencies.length,
          postgres / 1e3 / latencies.length);
    }
  }

  private static void stock(Commands commands, int skus) {
    List<CompletableFuture<?>> sent = new ArrayList<>();
    for (int i = 0; i < skus; i++) {
      sent.add(commands.send(new ReceiveStock(sku(i), new CommandId("stock"), MAIN, STOCK, null)));
      if (sent.size() == 1_000) {
        sent.forEach(CompletableFuture::join);
        sent.clear();
      }
    }
    sent.forEach(CompletableFuture::join);
  }

  private static long[] run(
      Commands commands, int skus, int callers, Duration time, AtomicInteger orders) {
    List<long[]> all = new ArrayList<>();
    AtomicReference<Throwable> failure = new AtomicReference<>();
    long end = System.nanoTime() + time.toNanos();
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int i = 0; i < callers; i++) {
        threads.submit(
            () -> {
              try {
                long[] latencies = call(commands, skus, end, orders);
                synchronized (all) {
                  all.add(latencies);
                }
              } catch (Throwable thrown) {
                failure.set(thrown);
              }
            });
      }
    }
    if (failure.get() != null) {
      throw new IllegalStateException("A caller failed", failure.get());
    }
    return all.stream().flatMapToLong(Arrays::stream).toArray();
  }

  private static long[] call(Commands commands, int skus, long end, AtomicInteger orders) {
    long[] latencies = new long[1_024];
    int size = 0;
    for (long sent = System.nanoTime(); sent < end; sent = System.nanoTime()) {
      Sku sku = sku(skus == 1 ? 0 : ThreadLocalRandom.current().nextInt(skus));
      OrderId order = new OrderId("ord-" + orders.incrementAndGet());
      Result<?> result =
          commands
              .send(
                  new ReserveStock(
                      sku, ReservationId.of(order, sku), order, 1, Duration.ofMinutes(15), NOW))
              .join()
              .result();
      if (!(result instanceof Result.Accepted<?>)) {
        throw new IllegalStateException("Refused: " + result);
      }
      if (size == latencies.length) {
        latencies = Arrays.copyOf(latencies, 2 * size);
      }
      latencies[size++] = System.nanoTime() - sent;
    }
    return Arrays.copyOf(latencies, size);
  }

  private static Sku sku(int number) {
    return new Sku("sku-" + number);
  }

  private static double at(long[] sorted, double quantile) {
    return sorted[(int) Math.min(sorted.length - 1, Math.floor(sorted.length * quantile))] / 1e6;
  }
}
