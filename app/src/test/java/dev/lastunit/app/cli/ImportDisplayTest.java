package dev.lastunit.app.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class ImportDisplayTest {

  private static final Instant NOW = Instant.parse("2026-11-24T12:00:00Z");

  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
  private final PrintStream out = new PrintStream(bytes, true, StandardCharsets.UTF_8);

  private static ImportState running(long accepted, Double progress, Long rate, Instant eta) {
    return new ImportState(
        "imp-1", "running", accepted + 2, accepted, 2, List.of(), null, progress, rate, eta);
  }

  private String printed() {
    return bytes.toString(StandardCharsets.UTF_8);
  }

  @Test
  void movesABarOnATerminal() {
    ImportDisplay display = new ImportDisplay(out, true);

    display.show(running(45_000, 0.5, 11_250L, NOW.plusSeconds(100)), NOW);
    display.show(running(5, null, null, null), NOW);
    display.leaveBar();

    String first =
        "[############------------] 50 %, 45,000 accepted, 2 rejected, 11,250/s, 1 min 40 s left";
    String second = "[------------------------] 5 accepted, 2 rejected";
    assertThat(printed())
        .isEqualTo(
            "\r"
                + first
                + "\r"
                + second
                + " ".repeat(first.length() - second.length())
                + System.lineSeparator());
  }

  @Test
  void printsALineNowAndThenElsewhere() {
    ImportDisplay display = new ImportDisplay(out, false);

    for (int second = 0; second < 25; second++) {
      display.show(running(second, null, null, null), NOW.plusSeconds(second));
    }

    assertThat(printed().lines())
        .containsExactly(
            "0 accepted, 2 rejected", "10 accepted, 2 rejected", "20 accepted, 2 rejected");
  }

  @Test
  void listsWhatWasRejected() {
    List<ImportState.LineError> errors = List.of(new ImportState.LineError(17, "name is missing"));
    ImportState ended =
        new ImportState("imp-1", "completed", 9, 6, 3, errors, null, null, null, null);

    new ImportDisplay(out, true).end(ended);

    assertThat(printed().lines())
        .containsExactly(
            "line 17: name is missing", "and 2 more", "Imported: 6 accepted, 3 rejected");
  }

  @Test
  void tellsWhyAnImportFailed() {
    ImportState failed =
        new ImportState("imp-1", "failed", 6, 6, 0, List.of(), "it is torn", null, null, null);

    new ImportDisplay(out, false).end(failed);

    assertThat(printed().strip())
        .isEqualTo("The import failed: it is torn (6 accepted, 0 rejected)");
  }

  @Test
  void tellsTimesInWords() {
    assertThat(ProgressLine.left(Duration.ofSeconds(59))).isEqualTo("59 s");
    assertThat(ProgressLine.left(Duration.ofSeconds(61))).isEqualTo("1 min 1 s");
    assertThat(ProgressLine.left(Duration.ofMinutes(125))).isEqualTo("2 h 5 min");
  }
}
