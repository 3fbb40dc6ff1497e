package dev.lastunit.catalogue.command.web;

import dev.lastunit.shared.command.web.Violations;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * How a file is to be read.
 *
 * @param format what the file holds
 * @param gzip whether it is compressed
 * @param currency of prices without one; CSV only
 * @param location of stock without one; CSV only, null when none is given
 * @param columns column names by the field that they give, where the client says so; CSV only
 */
record ImportOptions(
    Format format, boolean gzip, String currency, String location, Map<String, String> columns) {

  /** Longest name of a location in characters; leaves room for identifiers made of it. */
  static final int MAX_LOCATION = 100;

  private static final String MAP = "map.";

  /** What a file holds. */
  enum Format {
    NDJSON,
    CSV
  }

  ImportOptions {
    columns = Map.copyOf(columns);
  }

  /**
   * Reads the query of a request.
   *
   * @param query names with their values
   * @param defaultCurrency for when the query names none
   * @throws dev.lastunit.shared.api.Problem INVALID_FIELD with everything that is wrong
   */
  static ImportOptions of(
      Format format, boolean gzip, Map<String, List<String>> query, String defaultCurrency) {
    var violations = new Violations();
    var currency = defaultCurrency;
    String location = null;
    var columns = new HashMap<String, String>();
    for (var parameter : query.entrySet()) {
      var name = parameter.getKey();
      var value = parameter.getValue().getFirst();
      if (format != Format.CSV) {
        violations.check(false, Printable.of(name), "applies to text/csv only");
        continue;
      }
      violations.check(parameter.getValue().size() == 1, Printable.of(name), "must be there once");
      if (name.equals("currency")) {
        currency = value;
        violations.check(
            ProductForm.isCurrency(value), "currency", "must be an ISO 4217 code such as GBP");
      } else if (name.equals("location")) {
        location = value;
        violations.text("location", value, 1, MAX_LOCATION);
      } else if (name.startsWith(MAP) && CsvColumns.isField(name.substring(MAP.length()))) {
        columns.put(name.substring(MAP.length()), value);
        violations.check(value != null && !value.isBlank(), Printable.of(name), "names no column");
      } else {
        violations.check(
            false,
            Printable.of(name),
            "is not known; known are currency, location and map.<field> with a field of "
                + CsvColumns.FIELDS_TEXT);
      }
    }
    violations.orThrow();
    return new ImportOptions(format, gzip, currency, location, columns);
  }
}
