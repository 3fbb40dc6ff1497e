package dev.lastunit.bench.baseline;

import dev.lastunit.bench.load.Probe;
import dev.lastunit.bench.load.Timing;
import dev.lastunit.bench.measure.Database;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.HdrHistogram.Histogram;

/**
 * Runs scripts of plain SQL by pgbench, in a closed loop.
 *
 * @param scripts directory of the scripts
 * @param work directory for its logs
 */
public record Pgbench(Database database, Path scripts, Path work) {

  private static final Pattern RATE = Pattern.compile("(?m)^tps = ([0-9.]+)");
  private static final int MICROSECONDS_FIELD = 2;

  /**
   * What a run gave.
   *
   * @param latency nanoseconds of its transactions
   */
  public record Outcome(double perSecond, Histogram latency) {}

  /** Whether it can be had here. */
  public static boolean isInstalled() {
    return Stream.of(System.getenv().getOrDefault("PATH", "").split(":"))
        .anyMatch(folder -> Files.isExecutable(Path.of(folder, "pgbench")));
  }

  /** Warms up, then measures; blocks. */
  public Outcome run(String script, int clients, Timing timing, Probe probe)
      throws IOException, InterruptedException {
    if (timing.warmUp().isPositive()) {
      pgbench(script, clients, timing.warmUp(), List.of());
    }
    Path log = work.resolve("pgbench-" + script);
    probe.begin();
    String said =
        pgbench(
            script,
            clients,
            timing.measured(),
            List.of("--log", "--log-prefix=" + log.toAbsolutePath()));
    probe.end();
    Matcher rate = RATE.matcher(said);
    if (!rate.find()) {
      throw new IOException("pgbench did not say how fast it was: " + said);
    }
    return new Outcome(Double.parseDouble(rate.group(1)), takeLogs(log.getFileName().toString()));
  }

  private String pgbench(String script, int clients, Duration duration, List<String> more)
      throws IOException, InterruptedException {
    List<String> command =
        new ArrayList<>(
            List.of(
                "pgbench",
                "--no-vacuum",
                "--protocol=prepared",
                "--time=" + duration.toSeconds(),
                "--client=" + clients,
                "--jobs=" + Math.min(clients, Runtime.getRuntime().availableProcessors()),
                "--file=" + scripts.resolve(script + ".sql")));
    command.addAll(more);
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder
        .environment()
        .putAll(
            Map.of(
                "PGHOST", database.host(),
                "PGPORT", Integer.toString(database.port()),
                "PGUSER", database.user(),
                "PGPASSWORD", database.password(),
                "PGDATABASE", database.name()));
    Process process = builder.start();
    String said = new String(process.getInputStream().readAllBytes());
    if (process.waitFor() != 0) {
      throw new IOException("pgbench failed: " + said);
    }
    return said;
  }

  /** One file a thread; read and removed. */
  private Histogram takeLogs(String prefix) throws IOException {
    Histogram latency = new Histogram(3);
    try (DirectoryStream<Path> logs = Files.newDirectoryStream(work, prefix + ".*")) {
      for (Path log : logs) {
        try (Stream<String> lines = Files.lines(log)) {
          lines.forEach(line -> latency.recordValue(nanos(line)));
        }
        Files.delete(log);
      }
    }
    return latency;
  }

  static long nanos(String line) {
    return Long.parseLong(line.split(" ")[MICROSECONDS_FIELD]) * 1_000;
  }
}
