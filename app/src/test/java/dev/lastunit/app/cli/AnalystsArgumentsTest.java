package dev.lastunit.app.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lastunit.app.cli.SqlArguments.Format;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AnalystsArgumentsTest {

  @TempDir Path directory;

  @Test
  void readsWhatIsToBeExported() {
    assertThat(
            ExportArguments.parse(
                List.of("--from", "2026-11-01", "--out", "x", "--to", "2026-11-24T18:00:00+01:00")))
        .isEqualTo(
            new ExportArguments(
                Path.of("x"),
                Instant.parse("2026-11-01T00:00:00Z"),
                Instant.parse("2026-11-24T17:00:00Z")));
    assertThat(ExportArguments.parse(List.of("--out", "x")))
        .isEqualTo(new ExportArguments(Path.of("x"), null, null));
  }

  @Test
  void saysWhatIsWrongWithAnExport() throws IOException {
    wrongExport("to which directory", List.of());
    wrongExport("'--fast' is not known", List.of("--out", "x", "--fast"));
    wrongExport("'--out' needs a value", List.of("--out"));
    wrongExport("neither a day", List.of("--out", "x", "--from", "yesterday"));
    wrongExport("neither a day", List.of("--out", "x", "--from", "2026-13-01"));
    wrongExport(
        "must be before", List.of("--out", "x", "--from", "2026-11-02", "--to", "2026-11-02"));
    wrongExport(
        "is not a directory",
        List.of("--out", Files.createFile(directory.resolve("file")).toString()));
  }

  private static void wrongExport(String words, List<String> arguments) {
    assertThatThrownBy(() -> ExportArguments.parse(arguments))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(words);
  }

  @Test
  void readsWhatIsAsked() {
    assertThat(SqlArguments.parse(List.of("select 1")))
        .isEqualTo(new SqlArguments("select 1", null, Format.TABLE, 1_000));
    assertThat(SqlArguments.parse(List.of("--format", "CSV", "select 1")))
        .isEqualTo(new SqlArguments("select 1", null, Format.CSV, 0));
    assertThat(
            SqlArguments.parse(
                List.of("-- all\nselect 1", "--files", directory.toString(), "--limit", "5")))
        .isEqualTo(new SqlArguments("-- all\nselect 1", directory, Format.TABLE, 5));
  }

  @Test
  void saysWhatIsWrongWithAQuestion() {
    wrongQuestion("what is asked", List.of());
    wrongQuestion("what is asked", List.of(" "));
    wrongQuestion("one statement at a time, in quotes", List.of("select", "1"));
    wrongQuestion("'--fast' is not known", List.of("select 1", "--fast"));
    wrongQuestion("'--limit' needs a value", List.of("select 1", "--limit"));
    wrongQuestion("not a number of rows", List.of("select 1", "--limit", "-1"));
    wrongQuestion("known are table, csv and json", List.of("select 1", "--format", "xml"));
    wrongQuestion("is not a directory", List.of("select 1", "--files", "none"));
  }

  private static void wrongQuestion(String words, List<String> arguments) {
    assertThatThrownBy(() -> SqlArguments.parse(arguments))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(words);
  }
}
