package dev.lastunit.app.cli;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/**
 * What is asked, of what, and how the answer is written.
 *
 * @param files exported files to ask instead of the store; null for the store
 * @param limit most rows; 0 for all
 */
record SqlArguments(String sql, Path files, Format format, long limit) {

  static final String HELP =
      """
      Usage: ./run sql "SELECT …" [--format table|csv|json] [--limit N] [--files DIR]

        "SELECT …"  one statement in DuckDB's SQL that reads. Each type of event is a table:
                    "select count(*) from OrderConfirmed"; "show tables" and
                    "describe OrderPlaced" tell what there is; the table "events" has all events
                    with what they have in common
        --format    table, aligned, long texts cut (the default), csv with a header, or json: an
                    object on each line
        --limit     most rows, 0 for all (1000 for a table, all otherwise)
        --files     asks files that ./run export wrote, instead of the store

      Sees every event that is committed when it begins, beside a running service and without one.
      Addresses of buyers and tokens of payments are left out.
      More, and ten questions with their answers: docs/analysts-sql.md

      Ends with 0, with 1 when it fails, and with 2 when it is not understood.
      """;

  /** How an answer is written. */
  enum Format {
    TABLE,
    CSV,
    JSON
  }

  /** A table has to be held until its widths are known. */
  private static final long TABLE_LIMIT = 1_000;

  /**
   * @throws IllegalArgumentException with what is wrong
   */
  static SqlArguments parse(List<String> arguments) {
    String sql = null;
    Path files = null;
    Format format = Format.TABLE;
    Long limit = null;
    for (int i = 0; i < arguments.size(); i++) {
      String argument = arguments.get(i);
      if (!argument.startsWith("--") || argument.contains(" ")) {
        if (sql != null) {
          throw new IllegalArgumentException("one statement at a time, in quotes");
        }
        sql = argument;
        continue;
      }
      if (!List.of("--format", "--limit", "--files").contains(argument)) {
        throw new IllegalArgumentException("'" + argument + "' is not known; see --help");
      }
      if (++i == arguments.size()) {
        throw new IllegalArgumentException("'" + argument + "' needs a value");
      }
      String value = arguments.get(i);
      switch (argument) {
        case "--format" -> format = format(value);
        case "--limit" -> limit = limit(value);
        default -> files = directory(value);
      }
    }
    if (sql == null || sql.isBlank()) {
      throw new IllegalArgumentException("what is asked? ./run sql \"select …\"");
    }
    if (limit == null) {
      limit = format == Format.TABLE ? TABLE_LIMIT : 0;
    }
    return new SqlArguments(sql, files, format, limit);
  }

  private static Format format(String value) {
    try {
      return Format.valueOf(value.toUpperCase(Locale.ROOT));
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          "--format is '" + value + "'; known are table, csv and json", e);
    }
  }

  private static long limit(String value) {
    if (!value.matches("\\d{1,15}")) {
      throw new IllegalArgumentException("--limit is '" + value + "', not a number of rows");
    }
    return Long.parseLong(value);
  }

  private static Path directory(String value) {
    Path directory = Path.of(value);
    if (!Files.isDirectory(directory)) {
      throw new IllegalArgumentException(value + " is not a directory");
    }
    return directory;
  }
}
