package dev.lastunit.app.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lastunit.app.cli.SqlArguments.Format;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SqlAnswerTest {

  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
  private final PrintStream out = new PrintStream(bytes, true, StandardCharsets.UTF_8);
  private final ByteArrayOutputStream notes = new ByteArrayOutputStream();

  private List<String> write(Format format, long limit, List<List<Object>> rows) {
    SqlAnswer answer = new SqlAnswer(out, format, limit);
    answer.columns(List.of("sku", "units"));
    for (List<Object> row : rows) {
      if (!answer.row(row)) {
        break;
      }
    }
    answer.end(new PrintStream(notes, true, StandardCharsets.UTF_8));
    return bytes.toString(StandardCharsets.UTF_8).lines().toList();
  }

  private static final List<List<Object>> ROWS =
      List.of(
          List.of("MUG, \"RED\"", 12),
          Arrays.asList("Ähre", null),
          List.of(List.of(Map.of("a", 1)), new BigDecimal("1.50")));

  @Test
  void alignsATable() {
    assertThat(write(Format.TABLE, 0, ROWS))
        .containsExactly(
            "sku        | units",
            "-----------+------",
            "MUG, \"RED\" |    12",
            "Ähre       |",
            "[{\"a\":1}]  |  1.50",
            "(3 rows)");
  }

  @Test
  void keepsARowOfATableOnOneLineAndCutsLongTexts() {
    List<String> lines = write(Format.TABLE, 0, List.of(List.of("a\nb" + "x".repeat(200), 1)));

    assertThat(lines.get(2)).startsWith("a bxxx").contains("…").hasSize(100 + 8);
    assertThat(lines.getLast()).isEqualTo("(1 row)");
  }

  @Test
  void writesCsv() {
    assertThat(write(Format.CSV, 0, ROWS))
        .containsExactly(
            "sku,units", "\"MUG, \"\"RED\"\"\",12", "Ähre,", "\"[{\"\"a\"\":1}]\",1.50");
  }

  @Test
  void writesJson() {
    assertThat(write(Format.JSON, 0, ROWS))
        .containsExactly(
            "{\"sku\":\"MUG, \\\"RED\\\"\",\"units\":12}",
            "{\"sku\":\"Ähre\",\"units\":null}",
            "{\"sku\":[{\"a\":1}],\"units\":1.50}");
  }

  @Test
  void stopsAtTheLimitAndSaysSo() {
    assertThat(write(Format.TABLE, 2, ROWS).getLast())
        .isEqualTo("(the first 2 rows; there are more: --limit)");
    assertThat(write(Format.CSV, 2, ROWS)).endsWith("Ähre,");
    assertThat(notes.toString(StandardCharsets.UTF_8)).contains("only the first 2 rows");
  }

  @Test
  void saysNothingOfMoreWhenThereIsNoMore() {
    assertThat(write(Format.TABLE, 3, ROWS).getLast()).isEqualTo("(3 rows)");
  }
}
