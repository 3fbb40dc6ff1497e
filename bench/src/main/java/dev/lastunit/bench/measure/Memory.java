package dev.lastunit.bench.measure;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Memory of processes, as {@code /proc} tells it where it exists. */
public final class Memory {

  private Memory() {}

  /** Memory of a process that is in RAM, in KiB; 0 where it is not known. */
  public static long residentKiB(long pid) {
    return read(pid, "VmRSS:");
  }

  /** The most that was ever in RAM of it, in KiB; 0 where it is not known. */
  public static long peakKiB(long pid) {
    return read(pid, "VmHWM:");
  }

  private static long read(long pid, String name) {
    Path status = Path.of("/proc", Long.toString(pid), "status");
    try {
      return Files.readAllLines(status).stream()
          .filter(line -> line.startsWith(name))
          .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
          .findFirst()
          .orElse(0);
    } catch (IOException e) {
      return 0;
    }
  }
}
