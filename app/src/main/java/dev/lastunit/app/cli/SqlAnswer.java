package dev.lastunit.app.cli;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.lastunit.app.analysis.EventDatabase.AnswerTaker;
import dev.lastunit.app.cli.SqlArguments.Format;
import dev.lastunit.shared.api.EventJson;
import java.io.PrintStream;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import tools.jackson.databind.ObjectWriter;

/** Writes an answer row by row; a table when it has ended. */
final class SqlAnswer implements AnswerTaker {

  /** Longer texts are cut in a table, where they would push everything else away. */
  private static final int WIDEST = 100;

  private static final ObjectWriter JSON =
      EventJson.mapper()
          .rebuild()
          .changeDefaultPropertyInclusion(
              inclusion ->
                  inclusion
                      .withValueInclusion(JsonInclude.Include.ALWAYS)
                      .withContentInclusion(JsonInclude.Include.ALWAYS))
          .build()
          .writer();

  private final PrintStream out;
  private final Format format;
  private final long limit;
  private final List<List<String>> table = new ArrayList<>();
  private List<String> columns = List.of();
  private boolean[] numeric = {};
  private long rows;
  private boolean more;

  /**
   * @param limit most rows; 0 for all
   */
  SqlAnswer(PrintStream out, Format format, long limit) {
    this.out = out;
    this.format = format;
    this.limit = limit;
  }

  @Override
  public void columns(List<String> names) {
    columns = List.copyOf(names);
    numeric = new boolean[names.size()];
    Arrays.fill(numeric, true);
    if (format == Format.CSV) {
      out.print(csv(names));
    }
  }

  @Override
  public boolean row(List<Object> values) {
    if (limit > 0 && rows == limit) {
      more = true;
      return false;
    }
    rows++;
    switch (format) {
      case CSV -> out.print(csv(values.stream().map(value -> text(value)).toList()));
      case JSON -> out.println(JSON.writeValueAsString(object(values)));
      case TABLE -> {
        for (int i = 0; i < numeric.length; i++) {
          numeric[i] &= values.get(i) == null || values.get(i) instanceof Number;
        }
        table.add(values.stream().map(value -> cell(text(value))).toList());
      }
    }
    // Also tells that whoever reads has gone, such as head.
    return !out.checkError();
  }

  /**
   * Ends the answer.
   *
   * @param notes where to say that there are more rows, unless it can stand below the table
   */
  void end(PrintStream notes) {
    if (format == Format.TABLE) {
      printTable();
    } else if (more) {
      notes.printf(Locale.ROOT, "run sql: only the first %,d rows%n", rows);
    }
    out.flush();
  }

  private void printTable() {
    int[] widths = new int[columns.size()];
    for (int i = 0; i < widths.length; i++) {
      widths[i] = length(columns.get(i));
      for (List<String> row : table) {
        widths[i] = Math.max(widths[i], length(row.get(i)));
      }
    }
    out.println(line(columns, widths));
    StringBuilder rule = new StringBuilder();
    for (int i = 0; i < widths.length; i++) {
      rule.append(i == 0 ? "" : "-+-").append("-".repeat(widths[i]));
    }
    out.println(rule);
    table.forEach(row -> out.println(line(row, widths)));
    out.println(
        String.format(
            Locale.ROOT,
            more ? "(the first %,d rows; there are more: --limit)" : "(%,d %s)",
            rows,
            rows == 1 ? "row" : "rows"));
  }

  private String line(List<String> cells, int[] widths) {
    StringBuilder line = new StringBuilder();
    for (int i = 0; i < widths.length; i++) {
      String pad = " ".repeat(widths[i] - length(cells.get(i)));
      line.append(i == 0 ? "" : " | ");
      line.append(numeric[i] ? pad + cells.get(i) : cells.get(i) + pad);
    }
    return line.toString().stripTrailing();
  }

  private static int length(String text) {
    return text.codePointCount(0, text.length());
  }

  private static String cell(String text) {
    String flat = text.replaceAll("\\R", " ");
    return length(flat) <= WIDEST
        ? flat
        : flat.substring(0, flat.offsetByCodePoints(0, WIDEST - 1)) + "…";
  }

  private static String text(Object value) {
    return switch (value) {
      case null -> "";
      case List<?> list -> JSON.writeValueAsString(list);
      case Map<?, ?> map -> JSON.writeValueAsString(map);
      case BigDecimal number -> number.toPlainString();
      default -> value.toString();
    };
  }

  private static String csv(List<String> cells) {
    return cells.stream()
        .map(
            cell ->
                cell.matches("(?s).*[\",\\r\\n].*") ? '"' + cell.replace("\"", "\"\"") + '"' : cell)
        .collect(Collectors.joining(",", "", "\n"));
  }

  private Map<String, Object> object(List<Object> values) {
    Map<String, Object> object = new LinkedHashMap<>();
    for (int i = 0; i < columns.size(); i++) {
      String name = columns.get(i);
      // A second column of the same name would take the first one's place.
      for (int again = 2; object.containsKey(name); again++) {
        name = columns.get(i) + "_" + again;
      }
      object.put(name, values.get(i));
    }
    return object;
  }
}
