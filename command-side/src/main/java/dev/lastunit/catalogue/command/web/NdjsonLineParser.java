package dev.lastunit.catalogue.command.web;

import dev.lastunit.catalogue.command.web.ImportLine.Opening;
import dev.lastunit.shared.api.LocationId;
import dev.lastunit.shared.api.Problem.Violation;
import dev.lastunit.shared.api.Sku;
import dev.lastunit.shared.command.web.Violations;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.databind.DatabindException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.MapperFeature;
import tools.jackson.databind.cfg.CoercionAction;
import tools.jackson.databind.cfg.CoercionInputShape;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.type.LogicalType;

/**
 * Reads a product of a JSON object on a line. As strict as the HTTP interface: an unknown field, a
 * text for a number or a fraction of a minor unit is a mistake and not guessed at.
 */
final class NdjsonLineParser implements LineParser {

  private static final JsonMapper MAPPER =
      JsonMapper.builder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .enable(
              DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES,
              DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT)
          .disable(MapperFeature.ALLOW_COERCION_OF_SCALARS)
          .withCoercionConfig(
              LogicalType.Textual,
              coercion ->
                  coercion
                      .setCoercion(CoercionInputShape.Integer, CoercionAction.Fail)
                      .setCoercion(CoercionInputShape.Float, CoercionAction.Fail)
                      .setCoercion(CoercionInputShape.Boolean, CoercionAction.Fail))
          .build();

  /** A line. */
  record Line(
      String sku,
      String name,
      String description,
      String brand,
      String category,
      ProductBody.PriceBody price,
      Map<String, String> attributes,
      String imageUrl,
      List<Stock> stock) {}

  /** Stock with which a location begins. */
  record Stock(String location, Integer quantity) {}

  @Override
  public ImportLine parse(byte[] record) throws RejectedLineException {
    var line = read(LineParser.utf8(record));
    var violations = new Violations();
    ProductForm.sku(line.sku(), violations);
    var details =
        ProductForm.details(
            new ProductBody(
                line.name(),
                line.description(),
                line.brand(),
                line.category(),
                line.price(),
                line.attributes(),
                line.imageUrl()),
            violations);
    var opening = opening(line.stock(), violations);
    if (!violations.isEmpty()) {
      throw new RejectedLineException(reason(violations.found()));
    }
    return new ImportLine(new Sku(line.sku()), details, opening);
  }

  private static Line read(String text) throws RejectedLineException {
    try {
      var line = MAPPER.readValue(text, Line.class);
      if (line == null) {
        throw new RejectedLineException("is not a JSON object");
      }
      return line;
    } catch (DatabindException e) {
      var path =
          e.getPath().stream()
              .map(
                  step ->
                      step.getPropertyName() == null
                          ? "[" + step.getIndex() + "]"
                          : "." + step.getPropertyName())
              .collect(Collectors.joining());
      throw new RejectedLineException(
          path.isEmpty()
              ? "is not a JSON object of a product"
              : Printable.of(path.substring(1)) + " is not known or has the wrong type");
    } catch (JacksonException e) {
      throw new RejectedLineException(
          "is not valid JSON"
              + (e.getLocation() == null ? "" : " at column " + e.getLocation().getColumnNr()));
    }
  }

  private static List<Opening> opening(List<Stock> stock, Violations violations) {
    if (stock == null) {
      return List.of();
    }
    var opening = new ArrayList<Opening>();
    var locations = new HashSet<String>();
    for (int i = 0; i < stock.size(); i++) {
      var entry = stock.get(i);
      var field = "stock[" + i + "]";
      if (entry == null) {
        violations.check(false, field, "must be an object");
        continue;
      }
      var before = violations.found().size();
      violations.text(field + ".location", entry.location(), 1, ImportOptions.MAX_LOCATION);
      violations.check(
          entry.quantity() != null && entry.quantity() >= 0,
          field + ".quantity",
          "must be 0 or more");
      violations.check(
          locations.add(entry.location()), field + ".location", "is there more than once");
      if (violations.found().size() == before) {
        opening.add(new Opening(new LocationId(entry.location()), entry.quantity()));
      }
    }
    return opening;
  }

  /** All that is wrong, in one sentence. */
  static String reason(List<Violation> violations) {
    return violations.stream()
        .map(violation -> Printable.of(violation.field()) + " " + violation.message())
        .collect(Collectors.joining("; "));
  }
}
