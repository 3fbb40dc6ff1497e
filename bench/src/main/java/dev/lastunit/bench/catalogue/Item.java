package dev.lastunit.bench.catalogue;

import java.util.Map;

/**
 * A product with its first stock, as a file says it.
 *
 * @param pence price of a unit
 * @param attributes in a fixed order
 * @param imageUrl null for some
 * @param stock units by location, in a fixed order; one to three locations
 */
public record Item(
    String sku,
    String name,
    String description,
    String brand,
    String category,
    long pence,
    Map<String, String> attributes,
    String imageUrl,
    Map<String, Integer> stock) {}
