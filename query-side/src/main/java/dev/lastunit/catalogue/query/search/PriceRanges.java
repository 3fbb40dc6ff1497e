package dev.lastunit.catalogue.query.search;

import dev.lastunit.catalogue.query.Facets;
import java.util.ArrayList;
import java.util.List;

/** The ranges in which prices are counted. */
final class PriceRanges {

  /** Lower bounds, in minor units. */
  private static final long[] STEPS = {
    0, 100, 200, 500, 1_000, 2_000, 5_000, 10_000, 20_000, 50_000, 100_000, 200_000, 500_000,
    1_000_000
  };

  static final int COUNT = STEPS.length;

  private PriceRanges() {}

  /** Number of the range, from 0. */
  static int of(long amount) {
    int range = STEPS.length - 1;
    while (range > 0 && amount < STEPS[range]) {
      range--;
    }
    return range;
  }

  /** Ranges that hold something, the lowest first. */
  static List<Facets.PriceRange> counted(long[] counts) {
    List<Facets.PriceRange> result = new ArrayList<>();
    for (int range = 0; range < COUNT; range++) {
      if (counts[range] > 0) {
        long min = STEPS[range];
        Long max = range < COUNT - 1 ? STEPS[range + 1] - 1 : null;
        String value = min + "-" + (max == null ? "" : max);
        result.add(new Facets.PriceRange(value, counts[range], min, max));
      }
    }
    return result;
  }
}
