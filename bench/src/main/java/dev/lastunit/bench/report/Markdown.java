package dev.lastunit.bench.report;

import dev.lastunit.bench.measure.Machine;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Puts a report in words and tables. */
public final class Markdown {

  private static final String NOTHING = "";

  private static final List<String> STEP_COLUMNS =
      List.of(
          "what",
          "workload",
          "load",
          "a second",
          "p50 ms",
          "p95 ms",
          "p99 ms",
          "p99.9 ms",
          "max ms",
          "statuses",
          "errors",
          "JVM CPU ms",
          "PostgreSQL CPU ms",
          "driver CPU ms",
          "WAL bytes",
          "transactions",
          "readable p99 ms");

  private static final List<String> RATIO_COLUMNS =
      List.of(
          "workload",
          "load",
          "service/s",
          "pgbench/s",
          "classic/s",
          "service : pgbench",
          "service : classic",
          "service p99 ms",
          "classic p99 ms");

  private Markdown() {}

  static String of(Report report) {
    Machine machine = report.machine();
    StringBuilder text = new StringBuilder();
    text.append("# Benchmark, ").append(report.date()).append("\n\n");
    text.append("- Command: `").append(report.command()).append("`\n");
    text.append("- Commit: ").append(report.commit()).append('\n');
    text.append("- Machine: ")
        .append(machine.cores() + " cores (" + machine.processor() + "), ")
        .append(machine.memoryMiB() + " MiB, " + machine.kernel() + "; ")
        .append("JDK " + machine.jdk() + "; PostgreSQL " + machine.postgresql() + "; ")
        .append("load average before " + fixed(machine.loadAverage(), 2) + '\n');
    text.append("- Settings: ")
        .append(
            report.settings().entrySet().stream()
                .map(setting -> setting.getKey() + " " + setting.getValue())
                .collect(Collectors.joining(", ")))
        .append('\n');
    report.notes().forEach(note -> text.append("- ").append(note).append('\n'));
    text.append("\n## Ratios\n\n").append(header(RATIO_COLUMNS));
    report.ratios().forEach(ratio -> text.append(row(ratio)));
    text.append("\n## Steps\n\n")
        .append(
            "CPU, WAL and transactions are those of one request that counts. Readable: from the"
                + " recording of an event to the commit of its rows in the slowest read model.\n\n")
        .append(header(STEP_COLUMNS));
    report.steps().forEach(step -> text.append(row(step)));
    report.steps().stream()
        .filter(step -> step.note() != null)
        .forEach(step -> text.append("\n- " + name(step) + ": " + step.note() + "\n"));
    text.append("\n## Checks\n\n").append(header(List.of("check", "holds", "found")));
    report
        .checks()
        .forEach(
            check ->
                text.append(
                    line(Stream.of(check.name(), check.ok() ? "yes" : "**NO**", check.detail()))));
    return text.toString();
  }

  /** A step in one line of plain text, for who waits for the run. */
  public static String brief(Step step) {
    return String.format(
        Locale.ROOT,
        "%-8s %-8s %11s %9.1f/s  p50 %8s  p99 %8s ms  %s  %s%s",
        step.subject().label(),
        step.workload(),
        step.load(),
        step.perSecond(),
        fixed(step.latency().p50(), 2),
        fixed(step.latency().p99(), 2),
        counts(step.statuses()),
        counts(step.errors()),
        step.note() == null ? "" : "  " + step.note());
  }

  private static String name(Step step) {
    return step.subject().label() + " " + step.workload() + ", " + step.load();
  }

  private static String row(Step step) {
    Latency latency = step.latency();
    return line(
        Stream.of(
            step.subject().label(),
            step.workload(),
            step.load(),
            fixed(step.perSecond(), 1),
            fixed(latency.p50(), 2),
            fixed(latency.p95(), 2),
            fixed(latency.p99(), 2),
            fixed(latency.p999(), 2),
            fixed(latency.max(), 2),
            counts(step.statuses()),
            counts(step.errors()),
            fixed(step.use().serverCpuMillis(), 3),
            fixed(step.use().postgresCpuMillis(), 3),
            fixed(step.use().driverCpuMillis(), 3),
            fixed(step.use().walBytes(), 0),
            fixed(step.use().transactions(), 2),
            fixed(step.use().readableMillis(), 1)));
  }

  private static String row(Ratio ratio) {
    return line(
        Stream.of(
            ratio.workload(),
            ratio.load(),
            fixed(ratio.service(), 1),
            fixed(ratio.pgbench(), 1),
            fixed(ratio.classic(), 1),
            fixed(ratio.toPgbench(), 3),
            fixed(ratio.toClassic(), 3),
            fixed(ratio.serviceP99(), 2),
            fixed(ratio.classicP99(), 2)));
  }

  private static String counts(Map<?, Long> counts) {
    return counts.entrySet().stream()
        .map(count -> count.getKey() + ": " + count.getValue())
        .collect(Collectors.joining(", "));
  }

  private static String header(List<String> columns) {
    return line(columns.stream()) + line(columns.stream().map(column -> "---"));
  }

  private static String line(Stream<String> cells) {
    return cells
        .map(cell -> cell.replace("|", "\\|").replace("\n", " "))
        .collect(Collectors.joining(" | ", "| ", " |\n"));
  }

  private static String fixed(Double value, int digits) {
    return value == null ? NOTHING : String.format(Locale.ROOT, "%." + digits + "f", value);
  }
}
