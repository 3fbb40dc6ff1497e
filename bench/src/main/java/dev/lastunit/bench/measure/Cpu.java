package dev.lastunit.bench.measure;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.stream.Stream;

/** Processor time of processes, user and system, as {@code /proc} tells it where it exists. */
public final class Cpu {

  /** Linux shows times in this unit on all its architectures that Java runs on. */
  private static final double TICKS_PER_SECOND = 100;

  private static final Path PROC = Path.of("/proc");

  private Cpu() {}

  /** Seconds that a process used itself. */
  public static OptionalDouble seconds(long pid) {
    return read(pid).map(stat -> OptionalDouble.of(stat.own)).orElse(OptionalDouble.empty());
  }

  /** Seconds that a process used, and its children whose end it has waited for. */
  public static OptionalDouble secondsWithEnded(long pid) {
    return read(pid)
        .map(stat -> OptionalDouble.of(stat.own + stat.ended))
        .orElse(OptionalDouble.empty());
  }

  /** Seconds that a process used and all its children did, those that live and those that ended. */
  public static OptionalDouble secondsOfFamily(long pid) {
    OptionalDouble parent = secondsWithEnded(pid);
    if (parent.isEmpty()) {
      return parent;
    }
    try (Stream<Path> entries = Files.list(PROC)) {
      double children =
          entries
              .map(entry -> entry.getFileName().toString())
              .filter(name -> name.chars().allMatch(Character::isDigit))
              .flatMap(name -> read(Long.parseLong(name)).stream())
              .filter(stat -> stat.parent == pid)
              .mapToDouble(stat -> stat.own + stat.ended)
              .sum();
      return OptionalDouble.of(parent.getAsDouble() + children);
    } catch (IOException e) {
      return OptionalDouble.empty();
    }
  }

  private static Optional<Stat> read(long pid) {
    try {
      return Optional.of(Stat.parse(Files.readString(PROC.resolve(pid + "/stat"))));
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  /**
   * What is used of {@code /proc/PID/stat}.
   *
   * @param own seconds of the process
   * @param ended seconds of its children that ended
   */
  record Stat(long parent, double own, double ended) {

    static Stat parse(String line) {
      // The program's name stands in parentheses and may hold blanks and parentheses itself.
      String[] fields = line.substring(line.lastIndexOf(')') + 2).split(" ");
      return new Stat(
          Long.parseLong(fields[1]),
          (Long.parseLong(fields[11]) + Long.parseLong(fields[12])) / TICKS_PER_SECOND,
          (Long.parseLong(fields[13]) + Long.parseLong(fields[14])) / TICKS_PER_SECOND);
    }
  }
}
