package dev.lastunit.catalogue.query;

import dev.lastunit.shared.api.EventJson;
import dev.lastunit.shared.api.Money;
import dev.lastunit.shared.api.Sku;
import io.r2dbc.spi.Readable;
import java.util.TreeMap;
import org.springframework.r2dbc.core.DatabaseClient;
import reactor.core.publisher.Mono;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;

/** Reads single products from the catalogue's tables. Thread-safe; never blocks. */
final class ProductRows implements ProductPages.Source {

  private static final TypeReference<TreeMap<String, String>> ATTRIBUTES = new TypeReference<>() {};

  private static final String PRODUCT =
      """
      select p.sku, p.name, p.description, p.brand, p.category, p.price_amount, p.price_currency,
        cast(p.attributes as text) as attributes, p.image_url, p.changed_position,
        coalesce(a.available, 0) as available
      from catalogue.product p left join catalogue.availability a on a.sku = p.sku
      where p.sku = :sku
      """;

  private final DatabaseClient database;
  private final JsonMapper json;

  /**
   * @param json writes pages as all answers are written
   */
  ProductRows(DatabaseClient database, JsonMapper json) {
    this.database = database;
    this.json = json;
  }

  @Override
  public Mono<ProductPage> find(Sku sku, long position) {
    return database
        .sql(PRODUCT)
        .bind("sku", sku.value())
        .map(ProductRows::view)
        .one()
        .map(view -> page(view, position));
  }

  private ProductPage page(ProductView view, long position) {
    // Details change with an event each; beside them the page shows only the units.
    String entityTag = "\"" + view.changedPosition() + "-" + view.availability().available() + "\"";
    return new ProductPage(json.writeValueAsBytes(view), entityTag, view.availability(), position);
  }

  private static ProductView view(Readable row) {
    return new ProductView(
        row.get("sku", String.class),
        row.get("name", String.class),
        row.get("description", String.class),
        row.get("brand", String.class),
        row.get("category", String.class),
        new Money(row.get("price_amount", Long.class), row.get("price_currency", String.class)),
        EventJson.mapper().readValue(row.get("attributes", String.class), ATTRIBUTES),
        row.get("image_url", String.class),
        Availability.of(row.get("available", Long.class)),
        row.get("changed_position", Long.class));
  }
}
