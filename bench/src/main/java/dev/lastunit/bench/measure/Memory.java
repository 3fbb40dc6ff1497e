package dev.lastunit.bench.measure;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Memory of processes, as {@code /proc} tells it where it exists. */
public final class Memory {

  private static final String RESIDENT = "VmRSS:";

  private Memory() {}

  /** Memory of a process that is in RAM, in KiB; 0 where it is not known. */
  public static long residentKiB(long pid) {
    Path status = Path.of("/proc", Long.toString(pid), "status");
    try {
      return Files.readAllLines(status).stream()
          .filter(line -> line.startsWith(RESIDENT))
          .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
          .findFirst()
          .orElse(0);
    } catch (IOException e) {
      return 0;
    }
  }
}
