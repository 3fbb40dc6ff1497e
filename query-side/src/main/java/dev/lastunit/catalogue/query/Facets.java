package dev.lastunit.catalogue.query;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.List;

/**
 * How many products each further choice would show. A facet counts what the text and all filters
 * but its own leave, so that its other values stay in sight when one is chosen. A facet that was
 * not asked for is left out.
 *
 * @param category every level of the tree, each with what is below it; the largest first
 * @param brand the largest first
 * @param price ranges that hold a product, the lowest first
 * @param attributes each {@code name:value}, as the filter {@code attribute} takes it; the largest
 *     first
 * @param inStock {@code true}: what can be had, {@code false}: what is out
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Facets(
    List<Value> category,
    List<Value> brand,
    List<PriceRange> price,
    List<Value> attributes,
    List<Value> inStock) {

  /** A value of a filter, and how many products have it. */
  public record Value(String value, long count) {}

  /**
   * Prices from {@code min} to {@code max}, in minor units.
   *
   * @param value {@code min-max}, or {@code min-} for the last range
   * @param max inclusive; null for the last range
   */
  public record PriceRange(String value, long count, long min, Long max) {}
}
