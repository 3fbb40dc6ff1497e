package dev.lastunit.catalogue.command.web;

import dev.lastunit.shared.command.web.Violations;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * Which column of a CSV file gives which field: by the field's own name, by one of its other usual
 * names, or as the client says. Case, spaces, underscores and hyphens in names do not matter.
 *
 * @param width number of columns
 * @param fields index of the column by field, where there is one
 * @param attributes index of the column by the attribute's name
 * @param stock index of the column by the location whose stock it gives
 */
record CsvColumns(
    int width,
    Map<String, Integer> fields,
    Map<String, Integer> attributes,
    Map<String, Integer> stock) {

  static final String SKU = "sku";
  static final String NAME = "name";
  static final String PRICE = "price";
  static final String CURRENCY = "currency";
  static final String DESCRIPTION = "description";
  static final String BRAND = "brand";
  static final String CATEGORY = "category";
  static final String IMAGE_URL = "imageUrl";
  static final String STOCK = "stock";
  static final String LOCATION = "location";

  private static final String ATTRIBUTE_PREFIX = "attribute.";
  private static final String STOCK_PREFIX = "stock.";

  /**
   * Usual names of each field, in the form of {@link #plain}, the most telling first: when several
   * are there, the first in this order gives the field. A description gives the name where nothing
   * else does.
   */
  private static final Map<String, List<String>> NAMES = new LinkedHashMap<>();

  static {
    NAMES.put(SKU, List.of("sku", "stockcode", "productcode", "itemnumber"));
    NAMES.put(NAME, List.of("name", "title", "productname"));
    NAMES.put(PRICE, List.of("price", "unitprice"));
    NAMES.put(CURRENCY, List.of("currency", "currencycode"));
    NAMES.put(DESCRIPTION, List.of("description"));
    NAMES.put(BRAND, List.of("brand", "manufacturer"));
    NAMES.put(CATEGORY, List.of("category"));
    NAMES.put(IMAGE_URL, List.of("imageurl", "image"));
    NAMES.put(STOCK, List.of("stock"));
    NAMES.put(LOCATION, List.of("location", "warehouse"));
  }

  /** The fields as a client may name them. */
  static final String FIELDS_TEXT =
      String.join(", ", NAMES.keySet()) + ", attribute.<name>, stock.<location>";

  private static final Set<String> REQUIRED = Set.of(SKU, NAME, PRICE);

  /** Whether a client may say which column gives this field. */
  static boolean isField(String field) {
    return NAMES.containsKey(field)
        || (field.startsWith(ATTRIBUTE_PREFIX) && field.length() > ATTRIBUTE_PREFIX.length())
        || (field.startsWith(STOCK_PREFIX) && field.length() > STOCK_PREFIX.length());
  }

  /**
   * Finds the columns of a file.
   *
   * @param header names of the columns, in order
   * @throws dev.lastunit.shared.api.Problem INVALID_FIELD when a field that every product needs has
   *     no column, or when it is not clear which column is meant
   */
  static CsvColumns of(List<String> header, ImportOptions options) {
    var violations = new Violations();
    var fields = new LinkedHashMap<String, Integer>();
    var attributes = new LinkedHashMap<String, Integer>();
    var stock = new LinkedHashMap<String, Integer>();
    for (int i = 0; i < header.size(); i++) {
      var title = header.get(i).strip();
      int index = i;
      after(title, ATTRIBUTE_PREFIX)
          .forEach(name -> once(violations, attributes, name, index, title));
      after(title, STOCK_PREFIX).forEach(name -> once(violations, stock, name, index, title));
    }
    NAMES.forEach(
        (field, names) -> {
          for (var name : names) {
            var found = columns(header, name);
            if (!found.isEmpty() && !options.columns().containsKey(field)) {
              violations.check(found.size() == 1, "header", "has several columns for " + field);
              fields.put(field, found.getFirst());
              break;
            }
          }
        });
    options
        .columns()
        .forEach(
            (field, column) -> {
              var found = columns(header, plain(column));
              violations.check(
                  found.size() == 1,
                  "map." + Printable.of(field),
                  found.isEmpty()
                      ? "names a column that the file has not"
                      : "names several columns");
              if (found.size() != 1) {
                return;
              }
              if (field.startsWith(ATTRIBUTE_PREFIX)) {
                attributes.put(field.substring(ATTRIBUTE_PREFIX.length()), found.getFirst());
              } else if (field.startsWith(STOCK_PREFIX)) {
                stock.put(field.substring(STOCK_PREFIX.length()), found.getFirst());
              } else {
                fields.put(field, found.getFirst());
              }
            });
    if (!fields.containsKey(NAME) && fields.containsKey(DESCRIPTION)) {
      fields.put(NAME, fields.remove(DESCRIPTION));
    }
    for (var field : NAMES.keySet()) {
      violations.check(
          fields.containsKey(field) || !REQUIRED.contains(field),
          "header",
          "has no column for " + field + "; say which it is with map." + field + "=<column>");
    }
    violations.check(
        !fields.containsKey(STOCK) || fields.containsKey(LOCATION) || options.location() != null,
        "header",
        "has stock but no location; add a column or say location=<name>");
    stock.keySet().forEach(name -> violations.text("stock", name, 1, ImportOptions.MAX_LOCATION));
    violations.orThrow();
    return new CsvColumns(header.size(), fields, attributes, stock);
  }

  private static void once(
      Violations violations, Map<String, Integer> columns, String name, int index, String title) {
    violations.check(
        columns.putIfAbsent(name, index) == null,
        "header",
        "has several columns " + Printable.of(title));
  }

  private static List<String> after(String title, String prefix) {
    return title.length() > prefix.length()
            && title.regionMatches(true, 0, prefix, 0, prefix.length())
        ? List.of(title.substring(prefix.length()).strip())
        : List.of();
  }

  private static List<Integer> columns(List<String> header, String plainName) {
    var found = new ArrayList<Integer>();
    for (int i = 0; i < header.size(); i++) {
      if (plain(header.get(i)).equals(plainName)) {
        found.add(i);
      }
    }
    return found;
  }

  private static String plain(String title) {
    return title.strip().toLowerCase(Locale.ROOT).replaceAll("[ _-]", "");
  }
}
