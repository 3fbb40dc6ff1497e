package dev.lastunit.catalogue.command.web;

import dev.lastunit.catalogue.api.ProductDetails;
import dev.lastunit.catalogue.command.ProductRules;
import dev.lastunit.catalogue.command.web.ImportLine.Opening;
import dev.lastunit.shared.api.LocationId;
import dev.lastunit.shared.api.Money;
import dev.lastunit.shared.api.Sku;
import dev.lastunit.shared.command.web.Violations;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Currency;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVParser;

/**
 * Reads a product of a CSV record (RFC 4180). White space around values is left out.
 *
 * <p>Prices are decimals in major units with at most as many digits as the currency has; 0 is taken
 * for a price that is missing, as it is in files that shops export.
 */
final class CsvLineParser implements LineParser {

  /** As many digits as fit a long with four decimals. */
  private static final Pattern DECIMAL = Pattern.compile("-?[0-9]{1,14}(\\.[0-9]{1,14})?");

  private static final Pattern UNITS = Pattern.compile("[0-9]{1,10}");

  private final CsvColumns columns;
  private final ImportOptions options;

  CsvLineParser(CsvColumns columns, ImportOptions options) {
    this.columns = columns;
    this.options = options;
  }

  @Override
  public ImportLine parse(byte[] record) throws RejectedLineException {
    var values = values(record);
    if (values.size() != columns.width()) {
      throw new RejectedLineException(
          "has " + values.size() + " values, the header has " + columns.width());
    }
    var violations = new Violations();
    var sku = value(values, CsvColumns.SKU);
    ProductForm.sku(sku, violations);
    var price = price(values, violations);
    var imageUrl = value(values, CsvColumns.IMAGE_URL);
    var details =
        new ProductDetails(
            value(values, CsvColumns.NAME),
            value(values, CsvColumns.DESCRIPTION),
            value(values, CsvColumns.BRAND),
            value(values, CsvColumns.CATEGORY),
            price,
            attributes(values),
            imageUrl.isEmpty() ? null : imageUrl);
    for (var fault : ProductRules.faults(details)) {
      // The price has been judged above, in the words of the file.
      if (!fault.field().startsWith("price")) {
        violations.check(false, fault.field(), fault.message());
      }
    }
    var opening = opening(values, violations);
    if (!violations.isEmpty()) {
      throw new RejectedLineException(NdjsonLineParser.reason(violations.found()));
    }
    return new ImportLine(new Sku(sku), details, opening);
  }

  /** The values of a record; used for the header as well. */
  static List<String> values(byte[] record) throws RejectedLineException {
    try (var parser = CSVParser.parse(LineParser.utf8(record), CSVFormat.RFC4180)) {
      var records = parser.getRecords();
      if (records.size() != 1) {
        throw new RejectedLineException("has a carriage return without a line feed");
      }
      return records.getFirst().toList();
    } catch (IOException | UncheckedIOException e) {
      throw new RejectedLineException("is not valid CSV: look at its quotes");
    }
  }

  private String value(List<String> values, String field) {
    var index = columns.fields().get(field);
    return index == null ? "" : values.get(index).strip();
  }

  private Money price(List<String> values, Violations violations) {
    var code = value(values, CsvColumns.CURRENCY);
    if (code.isEmpty()) {
      code = options.currency();
    }
    if (!ProductForm.isCurrency(code)) {
      violations.check(false, "currency", "must be an ISO 4217 code such as GBP");
      return null;
    }
    var text = value(values, CsvColumns.PRICE);
    if (text.isEmpty()) {
      violations.check(false, "price", "is missing");
      return null;
    }
    if (!DECIMAL.matcher(text).matches()) {
      violations.check(false, "price", "must be a decimal such as 2.55");
      return null;
    }
    var amount = new BigDecimal(text);
    int digits = Currency.getInstance(code).getDefaultFractionDigits();
    violations.check(
        amount.scale() <= digits, "price", "has more than " + digits + " decimal digits");
    violations.check(amount.signum() >= 0, "price", "must not be negative");
    violations.check(amount.signum() != 0, "price", "is 0: there is no price");
    return violations.isEmpty()
        ? new Money(amount.movePointRight(digits).longValueExact(), code)
        : null;
  }

  private Map<String, String> attributes(List<String> values) {
    if (columns.attributes().isEmpty()) {
      return Map.of();
    }
    var attributes = new HashMap<String, String>();
    columns
        .attributes()
        .forEach(
            (name, index) -> {
              var value = values.get(index).strip();
              if (!value.isEmpty()) {
                attributes.put(name, value);
              }
            });
    return attributes;
  }

  private List<Opening> opening(List<String> values, Violations violations) {
    var opening = new ArrayList<Opening>();
    columns
        .stock()
        .forEach(
            (location, index) ->
                add(opening, location, values.get(index).strip(), "stock." + location, violations));
    var units = value(values, CsvColumns.STOCK);
    if (!units.isEmpty()) {
      var location = value(values, CsvColumns.LOCATION);
      if (location.isEmpty() && options.location() != null) {
        location = options.location();
      }
      add(opening, location, units, "stock", violations);
    }
    return opening;
  }

  private static void add(
      List<Opening> opening, String location, String text, String field, Violations violations) {
    if (text.isEmpty()) {
      return;
    }
    var before = violations.found().size();
    violations.text("location", location, 1, ImportOptions.MAX_LOCATION);
    violations.check(
        opening.stream().noneMatch(entry -> entry.location().value().equals(location)),
        "location",
        "has stock more than once");
    var units = UNITS.matcher(text).matches() ? Long.parseLong(text) : -1;
    violations.check(
        units >= 0 && units <= Integer.MAX_VALUE,
        field,
        "must be whole units, 0 to " + Integer.MAX_VALUE);
    if (violations.found().size() == before) {
      opening.add(new Opening(new LocationId(location), (int) units));
    }
  }
}
