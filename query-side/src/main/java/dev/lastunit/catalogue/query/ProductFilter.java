package dev.lastunit.catalogue.query;

import java.util.List;

/**
 * Which products to list.
 *
 * @param categories any of these or below; empty for all
 * @param brands any of these; empty for all
 * @param minPrice in minor units, inclusive; null for any
 * @param maxPrice in minor units, inclusive; null for any
 * @param attributes each {@code name:value}, without regard to case and diacritics: any of the
 *     values of one name, all of the names
 * @param inStock only what can be had
 */
public record ProductFilter(
    List<String> categories,
    List<String> brands,
    Long minPrice,
    Long maxPrice,
    List<String> attributes,
    boolean inStock) {

  /** Everything. */
  public static final ProductFilter NONE =
      new ProductFilter(List.of(), List.of(), null, null, List.of(), false);

  /** Copies the lists. */
  public ProductFilter {
    categories = List.copyOf(categories);
    brands = List.copyOf(brands);
    attributes = List.copyOf(attributes);
  }
}
