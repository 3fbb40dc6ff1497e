package dev.lastunit.bench.shop;

/**
 * A product as it is imported.
 *
 * @param pence price of a unit
 */
public record Product(
    String sku, String name, String description, String brand, String category, long pence) {}
