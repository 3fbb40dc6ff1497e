package dev.lastunit.app.cli;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * What is to be imported.
 *
 * @param contentType by the file's name
 * @param gzip by the file's name
 * @param query how a CSV file is to be read, with its question mark; empty when nothing was said
 */
record ImportArguments(Path file, String contentType, boolean gzip, String query) {

  static final String HELP =
      """
      Usage: ./run import FILE [--currency CODE] [--location NAME] [--map FIELD=COLUMN]...

        FILE        products, one on each line: .ndjson (or .jsonl), or .csv with a header; may be
                    compressed: .ndjson.gz, .csv.gz
        --currency  of prices in a CSV file that names none (GBP)
        --location  of stock in a CSV file that names none
        --map       which column of a CSV file gives a field, as --map sku=EAN
        --help      this text

      Sends the file to the service that runs on this machine. When none runs, starts one for the time
      of the import, on the data directory that it would have.

      Ctrl-C is safe. What a running service has taken in it works off without us; an import that ends
      with its service goes on with the next start, or with the same command again.

      Status 0: everything was taken over. 1: lines were rejected, or the import failed. 2: called
      wrongly.

      Settings, by environment, besides those of ./run --help:
        LASTUNIT_URL    address of the service (http://localhost:SERVER_PORT); then none is started
        LASTUNIT_TOKEN  an operator's token; not needed with the embedded database or a demonstration
      """;

  /**
   * Reads the command line.
   *
   * @throws IllegalArgumentException what is wrong with it, in words
   */
  static ImportArguments parse(List<String> arguments) {
    Path file = null;
    List<String> query = new ArrayList<>();
    for (int i = 0; i < arguments.size(); i++) {
      String argument = arguments.get(i);
      if (!argument.startsWith("--")) {
        if (file != null) {
          throw new IllegalArgumentException("one file at a time, not also '" + argument + "'");
        }
        file = Path.of(argument);
        continue;
      }
      if (!List.of("--currency", "--location", "--map").contains(argument)) {
        throw new IllegalArgumentException("'" + argument + "' is not known; see --help");
      }
      if (++i == arguments.size()) {
        throw new IllegalArgumentException("'" + argument + "' needs a value");
      }
      query.add(parameter(argument.substring(2), arguments.get(i)));
    }
    if (file == null) {
      throw new IllegalArgumentException("which file? See --help");
    }
    if (!Files.isRegularFile(file) || !Files.isReadable(file)) {
      throw new IllegalArgumentException(file + " is not a file that can be read");
    }
    return of(file, query);
  }

  private static ImportArguments of(Path file, List<String> query) {
    String name = file.getFileName().toString().toLowerCase(Locale.ROOT);
    boolean gzip = name.endsWith(".gz");
    String plain = gzip ? name.substring(0, name.length() - ".gz".length()) : name;
    boolean csv = plain.endsWith(".csv");
    if (!csv && !plain.endsWith(".ndjson") && !plain.endsWith(".jsonl")) {
      throw new IllegalArgumentException(
          file + " must be named .ndjson, .jsonl or .csv, or one of these and .gz");
    }
    if (!csv && !query.isEmpty()) {
      throw new IllegalArgumentException("--currency, --location and --map are for CSV files");
    }
    return new ImportArguments(
        file,
        csv ? "text/csv" : "application/x-ndjson",
        gzip,
        query.isEmpty() ? "" : "?" + String.join("&", query));
  }

  private static String parameter(String option, String value) {
    if (!option.equals("map")) {
      return option + "=" + URLEncoder.encode(value, StandardCharsets.UTF_8);
    }
    int equals = value.indexOf('=');
    if (equals < 1) {
      throw new IllegalArgumentException("--map needs FIELD=COLUMN, not '" + value + "'");
    }
    return URLEncoder.encode("map." + value.substring(0, equals), StandardCharsets.UTF_8)
        + "="
        + URLEncoder.encode(value.substring(equals + 1), StandardCharsets.UTF_8);
  }
}
