package dev.lastunit.app.cli;

import dev.lastunit.app.analysis.ExportListener;
import java.io.PrintStream;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Locale;

/** Shows how an export goes, with the events a second and the time that is left. */
final class ExportProgress implements ExportListener {

  private static final Duration BETWEEN = Duration.ofMillis(250);

  /** Before that a rate says nothing. */
  private static final Duration RATE_AFTER = Duration.ofSeconds(1);

  private final ProgressLine line;
  private final InstantSource clock;
  private final Instant began;
  private Instant next;

  /**
   * @param terminal whether lines can be written over
   */
  ExportProgress(PrintStream out, boolean terminal, InstantSource clock) {
    this.line = new ProgressLine(out, terminal);
    this.clock = clock;
    this.began = clock.instant();
    this.next = began.plus(RATE_AFTER);
  }

  @Override
  public void advanced(long done, long total) {
    Instant now = clock.instant();
    if (now.isBefore(next) || total == 0) {
      return;
    }
    next = now.plus(BETWEEN);
    double share = (double) done / total;
    StringBuilder words = new StringBuilder();
    words.append(
        String.format(
            Locale.ROOT, "%.0f %%, %,d of %,d events", Math.floor(share * 100), done, total));
    double seconds = Duration.between(began, now).toMillis() / 1000.0;
    long rate = Math.round(done / seconds);
    if (rate > 0) {
      words.append(String.format(Locale.ROOT, ", %,d/s", rate));
      if (done < total) {
        Duration left = Duration.ofSeconds(Math.round((total - done) / (done / seconds)));
        words.append(", ").append(ProgressLine.left(left)).append(" left");
      }
    }
    line.show(share, words.toString(), now);
  }

  /** Whoever writes next begins on a line of his own. */
  void leave() {
    line.leave();
  }
}
