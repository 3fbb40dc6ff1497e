package dev.lastunit.app.cli;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeParseException;
import java.util.List;

/**
 * What is to be exported, and to where.
 *
 * @param from earliest time; null for any
 * @param to time before which events are; null for any
 */
record ExportArguments(Path out, Instant from, Instant to) {

  static final String HELP =
      """
      Usage: ./run export --out DIR [--from TIME] [--to TIME]

        --out   directory for the files; made when there is none
        --from  events from that time on: a day as 2026-11-24 (it begins at 00:00 UTC), or a time
                as 2026-11-24T18:00:00Z (from the first event)
        --to    events before that time (up to the last one that is committed)

      Writes Parquet files, one set for each type of event, by day:
      DIR/type=OrderPlaced/day=2026-11-24/events-00000001.parquet

      The same command again adds what is new since, and nothing twice, also after it was
      interrupted. A wider time adds what is missing; a narrower one is refused. Works beside a
      running service and without one. Addresses of buyers and tokens of payments are left out.
      More: docs/analysts-sql.md

      Ends with 0, with 1 when it fails, and with 2 when it is not understood.
      """;

  /**
   * @throws IllegalArgumentException with what is wrong
   */
  static ExportArguments parse(List<String> arguments) {
    Path out = null;
    Instant from = null;
    Instant to = null;
    for (int i = 0; i < arguments.size(); i += 2) {
      String name = arguments.get(i);
      if (!List.of("--out", "--from", "--to").contains(name)) {
        throw new IllegalArgumentException("'" + name + "' is not known; see --help");
      }
      if (i + 1 == arguments.size()) {
        throw new IllegalArgumentException("'" + name + "' needs a value");
      }
      String value = arguments.get(i + 1);
      switch (name) {
        case "--out" -> out = Path.of(value);
        case "--from" -> from = time(name, value);
        default -> to = time(name, value);
      }
    }
    if (out == null) {
      throw new IllegalArgumentException("to which directory? --out DIR");
    }
    if (Files.exists(out) && !Files.isDirectory(out)) {
      throw new IllegalArgumentException(out + " is not a directory");
    }
    if (from != null && to != null && !from.isBefore(to)) {
      throw new IllegalArgumentException("--from must be before --to");
    }
    return new ExportArguments(out, from, to);
  }

  private static Instant time(String name, String value) {
    try {
      return value.length() == 10
          ? LocalDate.parse(value).atStartOfDay(ZoneOffset.UTC).toInstant()
          : OffsetDateTime.parse(value).toInstant();
    } catch (DateTimeParseException e) {
      throw new IllegalArgumentException(
          name + " is '" + value + "', neither a day as 2026-11-24 nor a time as 2026-11-24T18:00Z",
          e);
    }
  }
}
