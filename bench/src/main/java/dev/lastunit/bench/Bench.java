package dev.lastunit.bench;

import dev.lastunit.bench.baseline.ClassicSchema;
import dev.lastunit.bench.baseline.ClassicShop;
import dev.lastunit.bench.baseline.Pgbench;
import dev.lastunit.bench.load.Pace;
import dev.lastunit.bench.load.Target;
import dev.lastunit.bench.load.Timing;
import dev.lastunit.bench.measure.Database;
import dev.lastunit.bench.measure.Machine;
import dev.lastunit.bench.measure.Memory;
import dev.lastunit.bench.measure.Service;
import dev.lastunit.bench.report.Check;
import dev.lastunit.bench.report.ExpectedRatios;
import dev.lastunit.bench.report.Ratio;
import dev.lastunit.bench.report.Report;
import dev.lastunit.bench.report.ReportFiles;
import dev.lastunit.bench.report.Subject;
import dev.lastunit.bench.shop.Api;
import dev.lastunit.bench.shop.Audit;
import dev.lastunit.bench.shop.Buyers;
import dev.lastunit.bench.shop.Catalogue;
import dev.lastunit.bench.shop.CatalogueImport;
import dev.lastunit.bench.shop.Expiring;
import dev.lastunit.bench.shop.Invoices;
import dev.lastunit.bench.shop.Ledger;
import dev.lastunit.bench.shop.Product;
import dev.lastunit.bench.shop.Streams;
import dev.lastunit.bench.shop.Targets;
import dev.lastunit.bench.shop.Workload;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * One run from start to report: the service, pgbench, the classic shop, one after the other and on
 * one database server; then the audit.
 */
final class Bench {

  private static final String HEAP = "2g";

  /** Of reservations when some are to run out: long enough to make them all before. */
  private static final Duration SHORT_TTL = Duration.ofSeconds(90);

  private static final int CLIENTS_BESIDE = 8;

  private final Options options;
  private final String command;
  private final Path root;
  private final Path work;
  private final List<String> notes = new ArrayList<>();
  private final List<Product> products = new ArrayList<>();
  private final List<Map<String, Integer>> invoices = new ArrayList<>();
  private final List<Workload> workloads = new ArrayList<>();

  /**
   * A run.
   *
   * @param command as it was given
   * @param root of the checkout
   */
  Bench(Options options, String command, Path root) throws IOException {
    this.options = options;
    this.command = command;
    this.root = root;
    // Not in the system's directory for such things, which may be memory and not a disk.
    this.work = Files.createDirectories(root.resolve("bench/target"));
    workloads.addAll(options.workloads());
    products.addAll(Catalogue.generate(options.products()));
    readInvoices();
  }

  private void readInvoices() throws IOException {
    if (options.real() == null) {
      workloads.remove(Workload.REAL);
      notes.add("No real invoices were given (`--real`).");
    } else if (!Files.isReadable(options.real())) {
      workloads.remove(Workload.REAL);
      notes.add("The real invoices were left out: " + options.real() + " is not there.");
    } else {
      Invoices read = Invoices.read(options.real());
      products.addAll(read.products());
      invoices.addAll(read.orders());
    }
  }

  /** Runs all, writes the report, and answers whether all was well. */
  boolean run() throws IOException, InterruptedException, SQLException {
    Files.createDirectories(options.out());
    try (Server service = startService()) {
      Database database = Database.of(service.data());
      Machine machine = Machine.read(database);
      Api api = new Api(service.address().host(), service.address().port());
      Steps steps =
          new Steps(
              database,
              new Service(service.pid(), service.address().host(), service.address().port()),
              options.timing());
      List<Check> checks = new ArrayList<>();
      try {
        CatalogueImport.run(api, products);
        Ledger ledger = new Ledger();
        loadService(service, api, ledger, steps);
        holdStreams(service, api, ledger, steps, checks);
        letExpire(service, database, api, ledger, steps, checks);
        runPgbench(database, steps);
        runClassic(database, steps, checks);
        checks.addAll(Audit.run(api, ledger));
        if (options.smoke()) {
          checks.addAll(
              ExpectedRatios.read(root.resolve("bench/expected-ratios.json"))
                  .check(Ratio.of(steps.all())));
        }
      } catch (IOException | SQLException | RuntimeException e) {
        // What was measured until then is worth having, and must not look like a whole run.
        checks.add(new Check("run to its end", false, e.toString()));
        write(machine, steps, checks);
        throw e;
      }
      return write(machine, steps, checks);
    }
  }

  private Server startService() throws IOException, InterruptedException {
    System.out.println("Starting the service");
    return Server.service(
        root,
        work,
        options.port(),
        HEAP,
        options.expiring() > 0
            ? Map.of("LASTUNIT_RESERVATION_TTL", SHORT_TTL.toString())
            : Map.of(),
        options.out().resolve("service.log"));
  }

  private void loadService(Server service, Api api, Ledger ledger, Steps steps)
      throws IOException, InterruptedException {
    load(
        Subject.SERVICE,
        service,
        targets(service, Buyers.authorisation(api), ledger),
        workloads,
        steps);
  }

  /** Many follow what can be had while others order. */
  private void holdStreams(Server service, Api api, Ledger ledger, Steps steps, List<Check> checks)
      throws IOException, InterruptedException {
    if (options.streams() == 0) {
      return;
    }
    long before = Memory.residentKiB(service.pid());
    long start = System.nanoTime();
    try (Streams streams = Streams.open(service.address(), options.streams(), options.products())) {
      double opened = (System.nanoTime() - start) / 1e9;
      long first = streams.messages();
      checks.add(streams.tellAll(api));
      Target orders = targets(service, Buyers.authorisation(api), ledger).of(Workload.ORDERS);
      long told = streams.messages();
      steps.http(
          Subject.SERVICE,
          service.pid(),
          "orders beside streams",
          orders,
          new Pace.Closed(CLIENTS_BESIDE));
      checks.add(streams.stillOpen());
      notes.add(
          String.format(
              Locale.ROOT,
              "%d streams of availability began within %.1f s (%d first values); %d messages came"
                  + " while others ordered; the service's memory grew by %d KiB for each stream"
                  + " (resident, whatever else grew included).",
              options.streams(),
              opened,
              first,
              streams.messages() - told,
              (Memory.residentKiB(service.pid()) - before) / options.streams()));
    }
  }

  /** Many reservations run out at once while others order. */
  private void letExpire(
      Server service, Database database, Api api, Ledger ledger, Steps steps, List<Check> checks)
      throws IOException, InterruptedException {
    if (options.expiring() == 0) {
      return;
    }
    Expiring expiring = Expiring.place(api, options.expiring(), options.products());
    Duration left = Duration.between(Instant.now(), expiring.lastDue());
    Timing timing = new Timing(Duration.ofSeconds(1), left.plusSeconds(10));
    Target orders = targets(service, Buyers.authorisation(api), ledger).of(Workload.ORDERS);
    try (ExecutorService beside = Executors.newSingleThreadExecutor()) {
      Future<Check> released = beside.submit(() -> expiring.await(due -> heldBy(database, due)));
      steps.http(
          Subject.SERVICE,
          service.pid(),
          "orders beside expiry",
          orders,
          new Pace.Closed(CLIENTS_BESIDE),
          timing);
      checks.add(released.get());
    } catch (ExecutionException e) {
      throw new IOException("Reservations could not be watched", e.getCause());
    }
  }

  private static long heldBy(Database database, Instant due) throws SQLException {
    return database.count(
        "select count(*) from inventory.reservation where expires_at <= '" + due + "'");
  }

  private Targets targets(Server server, String authorisation, Ledger ledger) {
    return new Targets(server.address(), authorisation, ledger, options.products(), invoices);
  }

  private void load(
      Subject subject, Server server, Targets targets, List<Workload> chosen, Steps steps)
      throws InterruptedException {
    if (options.firstWarmUp().isPositive()) {
      steps.warm(server.pid(), targets.of(chosen.getFirst()), options.firstWarmUp());
    }
    for (Workload workload : chosen) {
      String label = workload.label();
      for (int clients : options.clients()) {
        steps.http(subject, server.pid(), label, targets.of(workload), new Pace.Closed(clients));
      }
      for (Options.Rate rate : options.rates()) {
        double perSecond = rate.perSecond(steps.best(label));
        if (perSecond > 0) {
          Pace pace = new Pace.Open(perSecond, options.inFlight());
          steps.http(subject, server.pid(), label, targets.of(workload), pace);
        }
      }
    }
  }

  private void runPgbench(Database database, Steps steps)
      throws IOException, InterruptedException, SQLException {
    if (!options.subjects().contains(Subject.PGBENCH)) {
      return;
    }
    if (!Pgbench.isInstalled()) {
      notes.add("pgbench is not installed; its rows are left out.");
      return;
    }
    Path scripts = root.resolve("bench/pgbench");
    try (Connection connection = database.connect();
        Statement statement = connection.createStatement()) {
      for (String sql : Files.readString(scripts.resolve("prepare.sql")).split(";\n")) {
        statement.execute(sql);
      }
    }
    Pgbench pgbench = new Pgbench(database, scripts, options.out());
    for (Workload workload : workloads) {
      if (workload.hasScript()) {
        for (int clients : options.clients()) {
          steps.sql(workload.label(), pgbench, clients);
        }
      }
    }
  }

  private void runClassic(Database database, Steps steps, List<Check> checks)
      throws IOException, InterruptedException, SQLException {
    if (!options.subjects().contains(Subject.CLASSIC)) {
      return;
    }
    notes.add(
        "The classic shop is WebFlux with JDBC on a bounded pool. It pays no provider, checks no"
            + " token and keeps no history; the service does all that, and its CPU holds the"
            + " payment simulator too.");
    try (Connection connection = database.connect()) {
      ClassicSchema.create(connection, products);
    }
    Ledger ledger = new Ledger();
    try (Server classic = startClassic(database)) {
      load(
          Subject.CLASSIC,
          classic,
          targets(classic, "", ledger),
          workloads.stream().filter(Workload::hasClassic).toList(),
          steps);
    }
    checks.add(
        Audit.between(
            "classic-acknowledged-is-stored",
            database.count("select count(*) from classic.orders"),
            ledger.confirmed(),
            ledger.undecided(),
            "orders stored by the classic shop"));
  }

  private Server startClassic(Database database) throws IOException, InterruptedException {
    int port = Server.freePort(0);
    return Server.start(
        List.of(
            ProcessHandle.current().info().command().orElse("java"),
            "-Xmx" + HEAP,
            "--enable-native-access=ALL-UNNAMED",
            "-cp",
            System.getProperty("java.class.path"),
            ClassicShop.class.getName(),
            Integer.toString(port),
            database.url(),
            database.user()),
        Map.of("PGPASSWORD", database.password()),
        port,
        "/v1/products/" + Catalogue.sku(0),
        options.out().resolve("classic.log"),
        Files.createTempDirectory(work, "data-"));
  }

  private boolean write(Machine machine, Steps steps, List<Check> checks)
      throws IOException, InterruptedException {
    Report report =
        new Report(
            Instant.now().truncatedTo(ChronoUnit.SECONDS),
            commit(root),
            command,
            options.settings(),
            machine,
            steps.all(),
            checks,
            notes);
    ReportFiles.write(report, options.out());
    checks.stream()
        .filter(check -> !check.ok())
        .forEach(check -> System.out.println("FAILED " + check.name() + ": " + check.detail()));
    System.out.println("Report: " + options.out().resolve("report.md"));
    return report.ok();
  }

  static String commit(Path root) throws IOException, InterruptedException {
    String commit = git(root, "rev-parse", "HEAD");
    return commit.isEmpty()
        ? "unknown"
        : commit + (git(root, "status", "--porcelain").isEmpty() ? "" : " +changes");
  }

  private static String git(Path root, String... arguments)
      throws IOException, InterruptedException {
    List<String> whole = new ArrayList<>(List.of("git", "-C", root.toString()));
    whole.addAll(List.of(arguments));
    Process process =
        new ProcessBuilder(whole).redirectError(ProcessBuilder.Redirect.DISCARD).start();
    String said = new String(process.getInputStream().readAllBytes()).strip();
    return process.waitFor() == 0 ? said : "";
  }
}
