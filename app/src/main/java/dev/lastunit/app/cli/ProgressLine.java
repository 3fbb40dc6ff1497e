package dev.lastunit.app.cli;

import java.io.Console;
import java.io.PrintStream;
import java.time.Duration;
import java.time.Instant;

/**
 * Says how far something is: on a terminal a bar that changes in place, elsewhere a line now and
 * then. Not thread-safe.
 */
final class ProgressLine {

  private static final int BAR = 24;
  private static final Duration BETWEEN_LINES = Duration.ofSeconds(10);

  private final PrintStream out;
  private final boolean terminal;
  private Instant nextLine = Instant.EPOCH;
  private int shown;

  /**
   * @param terminal whether lines can be written over
   */
  ProgressLine(PrintStream out, boolean terminal) {
    this.out = out;
    this.terminal = terminal;
  }

  /**
   * @param progress share that is done, 0 to 1; null when it is not known
   */
  void show(Double progress, String words, Instant now) {
    if (terminal) {
      String line = bar(progress) + " " + words;
      out.print("\r" + line + " ".repeat(Math.max(0, shown - line.length())));
      out.flush();
      shown = line.length();
    } else if (!now.isBefore(nextLine)) {
      nextLine = now.plus(BETWEEN_LINES);
      out.println(words);
    }
  }

  /** Whether the command's output goes to a terminal. */
  static boolean isOnTerminal() {
    Console console = System.console();
    return console != null && console.isTerminal();
  }

  /** Whoever writes next begins on a line of his own. */
  void leave() {
    if (shown > 0) {
      out.println();
      shown = 0;
    }
  }

  private static String bar(Double progress) {
    int full = progress == null ? 0 : (int) Math.round(progress * BAR);
    return "[" + "#".repeat(full) + "-".repeat(BAR - full) + "]";
  }

  /** A time as people say it. */
  static String left(Duration time) {
    if (time.toMinutes() == 0) {
      return time.toSeconds() + " s";
    }
    return time.toHours() == 0
        ? time.toMinutes() + " min " + time.toSecondsPart() + " s"
        : time.toHours() + " h " + time.toMinutesPart() + " min";
  }
}
