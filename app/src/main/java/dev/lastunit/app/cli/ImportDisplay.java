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

  private final PrintStream out;
  private final ProgressLine line;

  /**
   * @param terminal whether lines can be written over
   */
  ImportDisplay(PrintStream out, boolean terminal) {
    this.out = out;
    this.line = new ProgressLine(out, terminal);
  }

  /** The import goes on. */
  void show(ImportState state, Instant now) {
    line.show(state.progress(), words(state, now), now);
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
    line.leave();
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
      words
          .append(", ")
          .append(ProgressLine.left(Duration.between(now, state.eta())))
          .append(" left");
    }
    return words.toString();
  }

  private static String counts(ImportState state) {
    return String.format(
        Locale.ROOT, "%,d accepted, %,d rejected", state.accepted(), state.rejected());
  }
}
