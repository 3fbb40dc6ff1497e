package dev.lastunit.bench;

import dev.lastunit.bench.catalogue.GeneratedCatalogue;
import dev.lastunit.bench.load.Pace;
import dev.lastunit.bench.load.Target;
import dev.lastunit.bench.load.Timing;
import dev.lastunit.bench.measure.Database;
import dev.lastunit.bench.measure.Machine;
import dev.lastunit.bench.measure.Memory;
import dev.lastunit.bench.measure.Service;
import dev.lastunit.bench.report.Check;
import dev.lastunit.bench.report.Report;
import dev.lastunit.bench.report.ReportFiles;
import dev.lastunit.bench.report.Subject;
import dev.lastunit.bench.shop.Api;
import dev.lastunit.bench.shop.Browsing;
import dev.lastunit.bench.shop.Buyers;
import dev.lastunit.bench.shop.CatalogueImport;
import dev.lastunit.bench.shop.DeepPages;
import dev.lastunit.bench.shop.Ledger;
import dev.lastunit.bench.shop.Targets;
import dev.lastunit.bench.shop.Workload;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * Looks around in a generated catalogue of any size: product pages, searches, categories, deep
 * pages; alone, and while others order.
 */
final class BrowseBench {

  static final String COMMAND = "--browse";

  private static final int PAGE_CLIENTS = 64;
  private static final int SEARCH_CLIENTS = 16;
  private static final int MOST_ORDERS_IN_FLIGHT = 64;
  private static final int MOST_READS_IN_FLIGHT = 256;
  private static final String PRODUCT = "product";

  private final ImportBench imports;
  private final double ordersPerSecond;
  private final Duration firstWarmUp;
  private final Timing timing;
  private final Path out;
  private final Path root;
  private final String command;
  private final Map<String, String> settings;

  private BrowseBench(Map<String, String> given, String command, Path root) {
    this.settings = given;
    this.imports = new ImportBench(given, COMMAND, command, root);
    this.ordersPerSecond = Double.parseDouble(given.get("--orders"));
    this.firstWarmUp = Duration.ofSeconds(Long.parseLong(given.get("--first-warm-up")));
    this.timing =
        new Timing(
            Duration.ofSeconds(Long.parseLong(given.get("--warm-up"))),
            Duration.ofSeconds(Long.parseLong(given.get("--seconds"))));
    this.out = Path.of(given.get("--out"));
    this.command = command;
    this.root = root;
  }

  /**
   * Reads the command line.
   *
   * @param root of the checkout
   * @throws IllegalArgumentException what is wrong with it, in words
   */
  static BrowseBench parse(List<String> arguments, String command, Path root) {
    Map<String, String> given = new LinkedHashMap<>();
    given.put(COMMAND, "");
    given.put("--seed", "1");
    given.put("--heap", "4g");
    given.put("--data", "");
    given.put("--orders", "80");
    given.put("--first-warm-up", "30");
    given.put("--warm-up", "5");
    given.put("--seconds", "15");
    given.put("--out", Options.newReportDirectory());
    Options.fill(given, arguments);
    return new BrowseBench(given, command, root);
  }

  /** Runs all, writes the reports, and answers whether all was well. */
  boolean run() throws IOException, InterruptedException, SQLException {
    return imports.run(this::measure);
  }

  private boolean measure(Server server, Database database, GeneratedCatalogue catalogue)
      throws IOException, InterruptedException, SQLException {
    Machine machine = Machine.read(database);
    Api api = new Api(server.address().host(), server.address().port());
    CatalogueImport.awaitModels(api);
    Service service = new Service(server.pid(), server.address().host(), server.address().port());
    Steps steps = new Steps(database, service, timing);
    Browsing browsing = new Browsing(server.address(), catalogue);
    // The first of all, for caches and compiler are cold.
    steps.http(
        Subject.SERVICE, server.pid(), "product, cold", browsing.products(), closed(PRODUCT));
    steps.warm(server.pid(), browsing.searches(), firstWarmUp);
    steps.warm(server.pid(), browsing.categories(), firstWarmUp);
    for (Map.Entry<String, Target> read : reads(browsing).entrySet()) {
      steps.http(
          Subject.SERVICE, server.pid(), read.getKey(), read.getValue(), closed(read.getKey()));
    }
    List<Check> checks = new ArrayList<>();
    checks.add(DeepPages.run(api, "sort=name"));
    checks.add(DeepPages.run(api, "sort=-price&inStock=true"));
    if (ordersPerSecond > 0) {
      readBesideOrders(steps, server, orders(server, api, catalogue.size()), browsing);
    }
    List<String> notes =
        List.of(
            String.format(
                Locale.ROOT,
                "%,d products; %.1f MiB of the service's memory resident in the end.",
                catalogue.size(),
                Memory.residentKiB(server.pid()) / 1024.0));
    Report report =
        new Report(
            Instant.now().truncatedTo(ChronoUnit.SECONDS),
            Bench.commit(root),
            command,
            settings,
            machine,
            steps.all(),
            checks,
            notes);
    ReportFiles.write(report, out);
    System.out.println("Report: " + out.resolve("report.md"));
    return report.ok();
  }

  /** What there is to read, and by how many clients at a time. */
  private static Map<String, Target> reads(Browsing browsing) {
    Map<String, Target> reads = new LinkedHashMap<>();
    reads.put(PRODUCT, browsing.products());
    reads.put("search", browsing.searches());
    reads.put("search, heavy", browsing.heavySearches());
    reads.put("category", browsing.categories());
    return reads;
  }

  private static Pace.Closed closed(String read) {
    return new Pace.Closed(read.equals(PRODUCT) ? PAGE_CLIENTS : SEARCH_CLIENTS);
  }

  private static Target orders(Server server, Api api, long products)
      throws IOException, InterruptedException {
    return new Targets(
            server.address(),
            Buyers.authorisation(api),
            new Ledger(),
            Math.toIntExact(products),
            List.of())
        .of(Workload.ORDERS);
  }

  /**
   * The same again at half of its best rate, as a shop is not to be without reserve; the orders
   * themselves are a step of their own, the last one.
   */
  private void readBesideOrders(Steps steps, Server server, Target orders, Browsing browsing)
      throws IOException, InterruptedException {
    steps.warm(server.pid(), orders, firstWarmUp);
    // Four steps, and some time before and after.
    Timing all =
        new Timing(Duration.ofSeconds(5), timing.warmUp().plus(timing.measured()).multipliedBy(4));
    Steps beside = steps.another();
    try (ExecutorService thread = Executors.newSingleThreadExecutor()) {
      Future<?> ordering =
          thread.submit(
              () -> {
                beside.http(
                    Subject.SERVICE,
                    server.pid(),
                    "orders beside reads",
                    orders,
                    new Pace.Open(ordersPerSecond, MOST_ORDERS_IN_FLIGHT),
                    all);
                return null;
              });
      Thread.sleep(all.warmUp());
      for (Map.Entry<String, Target> read : reads(browsing).entrySet()) {
        steps.http(
            Subject.SERVICE,
            server.pid(),
            read.getKey() + " beside orders",
            read.getValue(),
            new Pace.Open(steps.best(read.getKey()) / 2, MOST_READS_IN_FLIGHT));
      }
      ordering.get();
    } catch (ExecutionException e) {
      throw new IOException("The orders beside could not be placed", e.getCause());
    }
    steps.addAll(beside);
  }
}
