package dev.lastunit.app.cli;

import java.io.PrintStream;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;

/**
 * Shows how an import goes: on a terminal a bar that changes in place, elsewhere a line now and
 * then. Not thread-safe.
 */
final class ImportDisplay {

  private static final int BAR = 24;
  private static final Duration BETWEEN_LINES = Duration.ofSeconds(10);

  private final PrintStream out;
  private final boolean terminal;
  private Instant nextLine = Instant.EPOCH;
  private int shown;

  /**
   * @param terminal whether lines can be written over
   */
  ImportDisplay(PrintStream out, boolean terminal) {
    this.out = out;
    this.terminal = terminal;
  }

  /** The import goes on. */
  void show(ImportState state, Instant now) {
    if (terminal) {
      String line = bar(state.progress()) + " " + words(state, now);
      out.print("\r" + line + " ".repeat(Math.max(0, shown - line.length())));
      out.flush();
      shown = line.length();
    } else if (!now.isBefore(nextLine)) {
      nextLine = now.plus(BETWEEN_LINES);
      out.println(words(state, now));
    }
  }

  /** The import has ended: what was rejected, and the sum. */
  void end(ImportState state) {
    leaveBar();
    for (ImportState.LineError error : state.errors()) {
      out.println("line " + error.line() + ": " + error.reason());
    }
    long untold = state.rejected() - state.errors().size();
    if (untold > 0) {
      out.printf(Locale.ROOT, "and %,d more%n", untold);
    }
    out.println(
        switch (state.state()) {
          case "completed" -> "Imported: " + counts(state);
          default -> "The import failed: " + state.failure() + " (" + counts(state) + ")";
        });
  }

  /** Whoever writes next begins on a line of his own. */
  void leaveBar() {
    if (shown > 0) {
      out.println();
      shown = 0;
    }
  }

  private static String bar(Double progress) {
    int full = progress == null ? 0 : (int) Math.round(progress * BAR);
    return "[" + "#".repeat(full) + "-".repeat(BAR - full) + "]";
  }

  private static String words(ImportState state, Instant now) {
    StringBuilder words = new StringBuilder();
    if (state.progress() != null) {
      words.append(String.format(Locale.ROOT, "%.0f %%, ", Math.floor(state.progress() * 100)));
    }
    words.append(counts(state));
    if (state.recordsPerSecond() != null) {
      words.append(String.format(Locale.ROOT, ", %,d/s", state.recordsPerSecond()));
    }
    if (state.eta() != null && state.eta().isAfter(now)) {
      words.append(", ").append(left(Duration.between(now, state.eta()))).append(" left");
    }
    return words.toString();
  }

  private static String counts(ImportState state) {
    return String.format(
        Locale.ROOT, "%,d accepted, %,d rejected", state.accepted(), state.rejected());
  }

  static String left(Duration time) {
    if (time.toMinutes() == 0) {
      return time.toSeconds() + " s";
    }
    return time.toHours() == 0
        ? time.toMinutes() + " min " + time.toSecondsPart() + " s"
        : time.toHours() + " h " + time.toMinutesPart() + " min";
  }
}
