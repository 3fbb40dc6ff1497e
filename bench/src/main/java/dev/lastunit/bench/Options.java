package dev.lastunit.bench;

import dev.lastunit.bench.load.Timing;
import dev.lastunit.bench.report.Subject;
import dev.lastunit.bench.shop.Expiring;
import dev.lastunit.bench.shop.Workload;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;

/**
 * What to run.
 *
 * @param firstWarmUp after each server's start
 * @param clients of the closed loops
 * @param rates of the open loops
 * @param inFlight most requests under way in an open loop
 * @param products size of the catalogue
 * @param expiring reservations that shall end by time while orders go on; 0 for none
 * @param streams of availability that are open while others order; 0 for none
 * @param real CSV of invoices, null for none
 * @param out directory of the report
 * @param port of the service, 0 for any
 * @param smoke whether the ratios are held to those expected
 */
record Options(
    List<Workload> workloads,
    List<Subject> subjects,
    List<Integer> clients,
    List<Rate> rates,
    int inFlight,
    int products,
    int expiring,
    int streams,
    Duration firstWarmUp,
    Duration warmUp,
    Duration measured,
    Path real,
    Path out,
    int port,
    boolean smoke) {

  static final String HELP =
      """
      Usage: bench/run [--smoke] [OPTION VALUE]...
             bench/run --generate PRODUCTS --out FILE [--seed 1]
             bench/run --import PRODUCTS [--seed 1] [--heap 4g] [--out DIR]
             bench/run --browse PRODUCTS [--seed 1] [--heap 4g] [--orders 80] [--first-warm-up 30]
                       [--warm-up 5] [--seconds 15] [--out DIR]

      Starts the service on an empty data directory, loads it over HTTP, does the same work in plain
      SQL by pgbench and by a shop of plain SQL behind HTTP on the same database server, and has the
      service audit itself. Writes report.md and report.json. Fails when the audit does.

        --workloads  orders,hot,product,search   and real, when --real is given
        --subjects   service,pgbench,classic     service cannot be left out
        --clients    1,8,32,64    closed loops: so many clients, each waits for its answer; or none
        --rates      70%          open loops: arrivals a second, or percent of the service's best
                                  closed loop; or none
        --in-flight  256          open loops: most requests under way at once
        --products   10000        size of the catalogue
        --expiring   0            so many reservations run out together while 8 clients order; the
                                  run fails when one is held 5 s longer than it should be
        --streams    0            so many streams of availability are open while 8 clients order and
                                  change what they follow
        --first-warm-up 90        seconds of load by 32 clients after each server's start
        --warm-up    5            seconds of load before each step is measured
        --seconds    15           seconds that each step is measured
        --real       FILE         CSV of real invoices (may be .csv.gz) for the workload real
        --out        DIR          where the report goes (bench/target/report-TIME)
        --port       0            of the service; 0 takes a free one, as the classic shop does
        --smoke      short: 1000 products, orders and hot at 16 clients, 6 s each, no pgbench; fails when the service has fallen
                     below half of its expected ratio to the classic shop (bench/expected-ratios.json)
        --help       this text

      With --generate only writes a catalogue with first stock as NDJSON, the same for a seed;
      compressed when FILE ends with .gz. With --import imports such a catalogue into an empty
      service, and says what each product cost while the catalogue grew (DIR/import.md). With
      --browse looks around in such a catalogue: product pages, searches, categories, deep pages, all
      but the last again while others place --orders a second.
      """;

  /** An arrival rate, of its own or relative to the best closed loop. */
  record Rate(double value, boolean percent) {

    static Rate parse(String text) {
      return text.endsWith("%")
          ? new Rate(Double.parseDouble(text.substring(0, text.length() - 1)), true)
          : new Rate(Double.parseDouble(text), false);
    }

    /** Arrivals a second. */
    double perSecond(double best) {
      return percent ? best * value / 100 : value;
    }

    @Override
    public String toString() {
      return percent ? value + "%" : Double.toString(value);
    }
  }

  /**
   * Reads the command line.
   *
   * @throws IllegalArgumentException what is wrong with it, in words
   */
  static Options parse(List<String> arguments) {
    boolean smoke = arguments.contains("--smoke");
    Map<String, String> given = defaults(smoke);
    List<String> rest = arguments.stream().filter(word -> !word.equals("--smoke")).toList();
    fill(given, rest);
    Path real = given.get("--real").isEmpty() ? null : Path.of(given.get("--real"));
    Set<Workload> workloads =
        new LinkedHashSet<>(
            list(
                given.get("--workloads"), word -> Workload.valueOf(word.toUpperCase(Locale.ROOT))));
    if (real != null) {
      workloads.add(Workload.REAL);
    }
    List<Subject> subjects =
        list(given.get("--subjects"), word -> Subject.valueOf(word.toUpperCase(Locale.ROOT)));
    if (Integer.parseInt(given.get("--expiring")) > 0
        && Integer.parseInt(given.get("--products")) < Expiring.LINES) {
      throw new IllegalArgumentException(
          "--expiring needs --products of at least " + Expiring.LINES);
    }
    if (!subjects.contains(Subject.SERVICE)) {
      throw new IllegalArgumentException("The service cannot be left out");
    }
    return new Options(
        List.copyOf(workloads),
        subjects,
        list(given.get("--clients"), Integer::valueOf),
        list(given.get("--rates"), Rate::parse),
        Integer.parseInt(given.get("--in-flight")),
        Integer.parseInt(given.get("--products")),
        Integer.parseInt(given.get("--expiring")),
        Integer.parseInt(given.get("--streams")),
        Duration.ofSeconds(Long.parseLong(given.get("--first-warm-up"))),
        Duration.ofSeconds(Long.parseLong(given.get("--warm-up"))),
        Duration.ofSeconds(Long.parseLong(given.get("--seconds"))),
        real,
        Path.of(given.get("--out")),
        Integer.parseInt(given.get("--port")),
        smoke);
  }

  /** Puts what is given, names and values by turns, over the defaults. */
  static void fill(Map<String, String> defaults, List<String> given) {
    for (int i = 0; i < given.size(); i += 2) {
      String name = given.get(i);
      if (!defaults.containsKey(name)) {
        throw new IllegalArgumentException("'" + name + "' is not known; see --help");
      }
      if (i + 1 == given.size()) {
        throw new IllegalArgumentException("'" + name + "' needs a value");
      }
      defaults.put(name, given.get(i + 1));
    }
  }

  private static Map<String, String> defaults(boolean smoke) {
    Map<String, String> defaults = new LinkedHashMap<>();
    defaults.put("--workloads", smoke ? "orders,hot" : "orders,hot,product,search");
    defaults.put("--subjects", smoke ? "service,classic" : "service,pgbench,classic");
    defaults.put("--clients", smoke ? "16" : "1,8,32,64");
    defaults.put("--rates", smoke ? "none" : "70%");
    defaults.put("--in-flight", "256");
    defaults.put("--products", smoke ? "1000" : "10000");
    defaults.put("--expiring", "0");
    defaults.put("--streams", "0");
    defaults.put("--first-warm-up", smoke ? "20" : "90");
    defaults.put("--warm-up", "5");
    defaults.put("--seconds", smoke ? "6" : "15");
    defaults.put("--real", "");
    defaults.put("--out", newReportDirectory());
    defaults.put("--port", "0");
    return defaults;
  }

  static String newReportDirectory() {
    return "bench/target/report-"
        + DateTimeFormatter.ofPattern("yyyyMMdd-HHmmss").format(LocalDateTime.now());
  }

  private static <T> List<T> list(String text, Function<String, T> parse) {
    return text.equals("none") ? List.of() : Arrays.stream(text.split(",")).map(parse).toList();
  }

  Timing timing() {
    return new Timing(warmUp, measured);
  }

  /** By name, for the report. */
  Map<String, String> settings() {
    Map<String, String> settings = new LinkedHashMap<>();
    settings.put("first warm-up", firstWarmUp.toSeconds() + " s");
    settings.put("warm-up", warmUp.toSeconds() + " s");
    settings.put("measured", measured.toSeconds() + " s");
    settings.put("clients", clients.toString());
    settings.put("rates", rates.toString());
    settings.put("in flight", Integer.toString(inFlight));
    settings.put("products", Integer.toString(products));
    settings.put("expiring", Integer.toString(expiring));
    settings.put("workloads", workloads.stream().map(Workload::label).toList().toString());
    settings.put("subjects", subjects.stream().map(Subject::label).toList().toString());
    return settings;
  }
}
