package dev.lastunit.bench;

import java.nio.file.Path;
import java.util.List;

/** The program behind {@code bench/run}. */
public final class Main {

  private static final int FAILED = 1;
  private static final int MISUSED = 2;

  private Main() {}

  /**
   * Runs and ends with status 0 when all is well, 1 when a check failed, 2 when it was called
   * wrongly.
   *
   * @param arguments the checkout's directory, then as {@link Options#HELP} says
   */
  public static void main(String[] arguments) throws Exception {
    List<String> given = List.of(arguments).subList(1, arguments.length);
    if (given.contains("--help")) {
      System.out.print(Options.HELP);
      return;
    }
    Path root = Path.of(arguments[0]);
    String command = ("bench/run " + String.join(" ", given)).strip();
    Options options;
    try {
      if (given.contains(Generate.COMMAND)) {
        Generate.parse(given).run();
        return;
      }
      if (given.contains(ImportBench.COMMAND)) {
        System.exit(ImportBench.parse(given, command, root).run() ? 0 : FAILED);
      }
      if (given.contains(BrowseBench.COMMAND)) {
        System.exit(BrowseBench.parse(given, command, root).run() ? 0 : FAILED);
      }
      options = Options.parse(given);
    } catch (IllegalArgumentException e) {
      System.err.println("bench: " + e.getMessage());
      System.exit(MISUSED);
      return;
    }
    System.exit(new Bench(options, command, root).run() ? 0 : FAILED);
  }
}
