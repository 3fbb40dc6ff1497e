package dev.lastunit.bench;

import dev.lastunit.bench.catalogue.GeneratedCatalogue;
import dev.lastunit.bench.measure.Cpu;
import dev.lastunit.bench.measure.Database;
import dev.lastunit.bench.measure.Machine;
import dev.lastunit.bench.measure.Memory;
import dev.lastunit.bench.shop.Api;
import dev.lastunit.bench.shop.CatalogueImport;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import tools.jackson.databind.JsonNode;

/**
 * Imports a generated catalogue into an empty service and says what a product cost, section by
 * section of the file: whether the cost grows with what is there already. Over when the read models
 * have everything.
 */
final class ImportBench {

  static final String COMMAND = "--import";

  private static final long POLL_MILLIS = 100;

  /** Ends of sections: 1, 3, 10, 30, … thousands of products. */
  private static final long FIRST_SECTION = 10_000;

  /** How far behind the store's end the slowest of the handlers that fill read models is. */
  private static final String BEHIND =
      "select (select coalesce(max(position), 0) from eventstore.event) - min(position)"
          + " from eventstore.processor where name in ('catalogue.products', 'inventory.stock')";

  private final long products;
  private final long seed;
  private final String heap;

  /** Data directory that stays; null for one that goes at the end. */
  private final Path kept;

  private final Path out;
  private final Path root;
  private final String command;

  /**
   * Reads options that are complete.
   *
   * @param named the option that says how many products
   * @throws IllegalArgumentException what is wrong with them, in words
   */
  ImportBench(Map<String, String> given, String named, String command, Path root) {
    this.products = Long.parseLong(given.get(named));
    if (products < 1) {
      throw new IllegalArgumentException(named + " needs at least one product");
    }
    this.seed = Long.parseLong(given.get("--seed"));
    this.heap = given.get("--heap");
    this.kept = given.get("--data").isEmpty() ? null : Path.of(given.get("--data"));
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
  static ImportBench parse(List<String> arguments, String command, Path root) {
    Map<String, String> given = new LinkedHashMap<>();
    given.put(COMMAND, "");
    given.put("--seed", "1");
    given.put("--heap", "4g");
    given.put("--data", "");
    given.put("--out", Options.newReportDirectory());
    Options.fill(given, arguments);
    return new ImportBench(given, COMMAND, command, root);
  }

  /** What had been used when so many products were done. */
  private record Sample(long products, long nanos, double jvm, double postgres, long walBytes) {}

  /** What is done with the service once it has the catalogue; answers whether all was well. */
  interface Afterwards {
    boolean run(Server service, Database database, GeneratedCatalogue catalogue)
        throws IOException, InterruptedException, SQLException;
  }

  /**
   * Runs, prints the table and writes it as {@code import.md}; false when something was refused.
   */
  boolean run() throws IOException, InterruptedException, SQLException {
    return run((_, _, _) -> true);
  }

  /** The same, and goes on with the service; false as well when what comes afterwards says so. */
  boolean run(Afterwards afterwards) throws IOException, InterruptedException, SQLException {
    Files.createDirectories(out);
    Path work = Files.createDirectories(root.resolve("bench/target"));
    GeneratedCatalogue catalogue = new GeneratedCatalogue(products, seed);
    boolean imported = kept != null && Files.isDirectory(kept);
    try (Server service = server(work)) {
      Database database = Database.of(service.data());
      boolean good = imported || generateAndMeasure(service, database, catalogue, work);
      return afterwards.run(service, database, catalogue) && good;
    }
  }

  private Server server(Path work) throws IOException, InterruptedException {
    Path log = out.resolve("service.log");
    return kept == null
        ? Server.service(root, work, 0, heap, Map.of(), log)
        : Server.serviceOn(root, Files.createDirectories(kept), heap, log);
  }

  private boolean generateAndMeasure(
      Server service, Database database, GeneratedCatalogue catalogue, Path work)
      throws IOException, InterruptedException, SQLException {
    Path file = Files.createTempFile(work, "catalogue-", ".ndjson.gz");
    try {
      System.out.printf(Locale.ROOT, "Generating %,d products%n", products);
      catalogue.write(file);
      return measure(service, database, file);
    } finally {
      Files.deleteIfExists(file);
    }
  }

  private boolean measure(Server service, Database database, Path file)
      throws IOException, InterruptedException, SQLException {
    Machine machine = Machine.read(database);
    List<Sample> samples = new ArrayList<>();
    samples.add(sample(0, service, database));
    CatalogueImport begun =
        CatalogueImport.begin(new Api(service.address().host(), service.address().port()), file);
    long section = Math.min(FIRST_SECTION, products);
    JsonNode state;
    boolean behind;
    do {
      Thread.sleep(POLL_MILLIS);
      state = begun.state();
      long done = state.get("read").asLong();
      boolean ended = !state.get("state").asString().equals("running");
      behind = ended && database.count(BEHIND) > 0;
      if (done >= section && (done < products || ended && !behind)) {
        samples.add(sample(done, service, database));
        System.out.println(row(samples.get(samples.size() - 2), samples.getLast()).strip());
        while (section <= done && section < products) {
          section = Math.min(products, next(section));
        }
      }
    } while (state.get("state").asString().equals("running") || behind);
    boolean good = state.get("accepted").asLong() == products;
    String report =
        report(machine, samples, Memory.peakKiB(service.pid()), sizeOf(database), state);
    Files.writeString(out.resolve("import.md"), report);
    System.out.println(report + "Report: " + out.resolve("import.md"));
    return good;
  }

  private static long next(long section) {
    return Long.toString(section).startsWith("1") ? section * 3 : section / 3 * 10;
  }

  private static Sample sample(long done, Server service, Database database) throws SQLException {
    return new Sample(
        done,
        System.nanoTime(),
        Cpu.seconds(service.pid()).orElse(Double.NaN),
        Cpu.secondsOfFamily(database.pid()).orElse(Double.NaN),
        database.count("select pg_wal_lsn_diff(pg_current_wal_lsn(), '0/0')::bigint"));
  }

  private String report(
      Machine machine, List<Sample> samples, long peakKiB, String size, JsonNode state) {
    StringBuilder text = new StringBuilder();
    text.append("# Import of a generated catalogue\n\n- Command: `").append(command).append("`\n");
    text.append("- Machine: ")
        .append(machine.cores() + " cores (" + machine.processor() + "), ")
        .append(machine.memoryMiB() + " MiB, " + machine.kernel() + "; JDK " + machine.jdk())
        .append("; PostgreSQL " + machine.postgresql() + "; load average before ")
        .append(String.format(Locale.ROOT, "%.2f%n", machine.loadAverage()));
    text.append("- Heap ")
        .append(heap)
        .append("; most memory of the JVM ")
        .append(peakKiB)
        .append(" kB");
    text.append("; database afterwards ").append(size).append('\n');
    text.append("- ").append(state.get("accepted").asLong()).append(" accepted, ");
    text.append(state.get("rejected").asLong()).append(" rejected\n\n");
    text.append("| products | seconds | a second | JVM CPU µs | PostgreSQL CPU µs | WAL bytes |\n");
    text.append("|---|---|---|---|---|---|\n");
    for (int i = 1; i < samples.size(); i++) {
      text.append(row(samples.get(i - 1), samples.get(i)));
    }
    return text.append(row(samples.getFirst(), samples.getLast())).toString();
  }

  private static String row(Sample from, Sample to) {
    double count = Math.max(1, to.products - from.products);
    double seconds = (to.nanos - from.nanos) / 1e9;
    return String.format(
        Locale.ROOT,
        "| %,d to %,d | %.1f | %,.0f | %.1f | %.1f | %,.0f |%n",
        from.products,
        to.products,
        seconds,
        count / seconds,
        (to.jvm - from.jvm) / count * 1e6,
        (to.postgres - from.postgres) / count * 1e6,
        (to.walBytes - from.walBytes) / count);
  }

  private static String sizeOf(Database database) throws SQLException {
    return database.text("select pg_size_pretty(pg_database_size(current_database()))");
  }
}
