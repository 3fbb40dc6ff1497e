package dev.lastunit.catalogue.query;

/**
 * Something that begins with what was typed.
 *
 * @param kind {@code category}, {@code brand} or {@code product}
 * @param text to show: the category's last level, the brand, the product's name
 * @param value the category's path, the brand, the product's SKU
 */
public record Suggestion(String kind, String text, String value) {}
