package dev.lastunit.bench.catalogue;

import java.util.SplittableRandom;

/**
 * Who wants what: each product has a rank, all over the catalogue, and is wanted as often as one by
 * its rank (Zipf). The same for a seed and a size. Safe for all threads.
 */
public final class Demand {

  private static final double EXPONENT = 1.0;

  private final Shuffle ranks;
  private final Zipf zipf;

  /** The demand for so many products. */
  public Demand(long products, long seed) {
    this.ranks = new Shuffle(products, Mix.of(seed, 0xDE3A4D));
    this.zipf = new Zipf(products, EXPONENT);
  }

  /** The rank of a product by its number; 0 is in highest demand. */
  public long rank(long number) {
    return ranks.back(number);
  }

  /** The number of a product that somebody wants now. */
  public long draw(SplittableRandom random) {
    return ranks.forth(zipf.draw(random));
  }
}
