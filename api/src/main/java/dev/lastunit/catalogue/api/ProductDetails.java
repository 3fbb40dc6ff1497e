package dev.lastunit.catalogue.api;

import dev.lastunit.shared.api.Money;
import java.util.Map;

/**
 * What the shop says about a product.
 *
 * @param name 1 to 500 characters
 * @param description up to 20,000 characters; empty when there is none
 * @param brand up to 200 characters; empty when there is none
 * @param category path from the root with {@code /} between levels, such as {@code home/lighting};
 *     empty when there is none
 * @param price of one unit, 0 or more
 * @param attributes up to 100 names with values, such as colour; never null
 * @param imageUrl absolute http or https address; null when there is none
 */
public record ProductDetails(
    String name,
    String description,
    String brand,
    String category,
    Money price,
    Map<String, String> attributes,
    String imageUrl) {
  public ProductDetails {
    description = description == null ? "" : description;
    brand = brand == null ? "" : brand;
    category = category == null ? "" : category;
    attributes = attributes == null ? Map.of() : Map.copyOf(attributes);
  }
}
