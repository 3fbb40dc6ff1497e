package dev.lastunit.ordering.command.web;

/** Reads numbers of a body without rounding. */
final class Numbers {

  private Numbers() {}

  /**
   * The number when it was written as a whole one that fits.
   *
   * @param number may be null
   * @return -1 for everything else, which is outside every range that we ask for
   */
  static long whole(Number number) {
    return switch (number) {
      case null -> -1;
      case Integer i -> i;
      case Long l -> l;
      default -> -1;
    };
  }
}
