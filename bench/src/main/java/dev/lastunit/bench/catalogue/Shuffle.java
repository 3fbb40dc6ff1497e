package dev.lastunit.bench.catalogue;

/**
 * The numbers from 0 up to a size in another order, the same for a seed, and back: without a table
 * of them. A Feistel network over the next power of four; what falls beyond the size goes through
 * it again.
 */
final class Shuffle {

  private static final int ROUNDS = 4;

  private final long size;
  private final long seed;
  private final int half;
  private final long mask;

  /**
   * @param size at least 1, at most 2^40
   */
  Shuffle(long size, long seed) {
    this.size = size;
    this.seed = seed;
    int bits = Math.max(2, Long.SIZE - Long.numberOfLeadingZeros(Math.max(1, size - 1)));
    this.half = (bits + 1) / 2;
    this.mask = (1L << half) - 1;
  }

  /** Where a number goes. */
  long forth(long number) {
    long at = number;
    do {
      long left = at >>> half;
      long right = at & mask;
      for (int round = 0; round < ROUNDS; round++) {
        long next = left ^ (Mix.of(seed + round, right) & mask);
        left = right;
        right = next;
      }
      at = left << half | right;
    } while (at >= size);
    return at;
  }

  /** Which number went there. */
  long back(long place) {
    long at = place;
    do {
      long left = at >>> half;
      long right = at & mask;
      for (int round = ROUNDS - 1; round >= 0; round--) {
        long before = right ^ (Mix.of(seed + round, left) & mask);
        right = left;
        left = before;
      }
      at = left << half | right;
    } while (at >= size);
    return at;
  }
}
