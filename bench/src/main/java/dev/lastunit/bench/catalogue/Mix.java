package dev.lastunit.bench.catalogue;

/** Makes one number of two whose bits all depend on all of theirs. */
final class Mix {

  private Mix() {}

  static long of(long seed, long number) {
    long mixed = (seed ^ number * 0x9E3779B97F4A7C15L) + 0x9E3779B97F4A7C15L;
    mixed = (mixed ^ mixed >>> 30) * 0xBF58476D1CE4E5B9L;
    mixed = (mixed ^ mixed >>> 27) * 0x94D049BB133111EBL;
    return mixed ^ mixed >>> 31;
  }
}
