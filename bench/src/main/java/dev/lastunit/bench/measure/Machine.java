package dev.lastunit.bench.measure;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.stream.Stream;

/**
 * What was measured on.
 *
 * @param loadAverage of the minute before the first step: other work on the machine shows here
 */
public record Machine(
    int cores,
    String processor,
    long memoryMiB,
    String kernel,
    String jdk,
    String postgresql,
    double loadAverage) {

  /** This one. */
  public static Machine read(Database database) throws SQLException {
    return new Machine(
        Runtime.getRuntime().availableProcessors(),
        valueOf("/proc/cpuinfo", "model name"),
        kibibytes(valueOf("/proc/meminfo", "MemTotal")) / 1024,
        System.getProperty("os.name") + " " + System.getProperty("os.version"),
        System.getProperty("java.vm.vendor") + " " + System.getProperty("java.vm.version"),
        database.text("show server_version"),
        ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage());
  }

  private static String valueOf(String file, String key) {
    try (Stream<String> lines = Files.lines(Path.of(file))) {
      return lines
          .filter(line -> line.startsWith(key))
          .map(line -> line.substring(line.indexOf(':') + 1).strip())
          .findFirst()
          .orElse("unknown");
    } catch (IOException e) {
      return "unknown";
    }
  }

  private static long kibibytes(String value) {
    return value.endsWith(" kB") ? Long.parseLong(value.split(" ")[0]) : 0;
  }
}
