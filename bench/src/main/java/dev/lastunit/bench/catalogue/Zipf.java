package dev.lastunit.bench.catalogue;

import java.util.SplittableRandom;

/**
 * Ranks that are drawn as demand is skewed: rank r comes with a probability proportional to 1 /
 * r^s. Takes no memory for the ranks, by inverting the integral of the continuous curve and
 * rejecting what lies between it and the steps (W. Hörmann and G. Derflinger, 1996).
 */
final class Zipf {

  private final long ranks;
  private final double exponent;
  private final double first;
  private final double last;
  private final double shortcut;

  /**
   * @param ranks how many there are, at least 1
   * @param exponent above 0; 1 is what shops see
   */
  Zipf(long ranks, double exponent) {
    if (ranks < 1 || exponent <= 0) {
      throw new IllegalArgumentException(ranks + " ranks with exponent " + exponent);
    }
    this.ranks = ranks;
    this.exponent = exponent;
    this.first = integral(1.5) - 1;
    this.last = integral(ranks + 0.5);
    this.shortcut = 2 - inverse(integral(2.5) - Math.pow(2, -exponent));
  }

  /** A rank from 0, the one in highest demand. */
  long draw(SplittableRandom random) {
    while (true) {
      double u = last + random.nextDouble() * (first - last);
      double x = inverse(u);
      long rank = Math.clamp(Math.round(x), 1, ranks);
      if (rank - x <= shortcut || u >= integral(rank + 0.5) - Math.pow(rank, -exponent)) {
        return rank - 1;
      }
    }
  }

  private double integral(double x) {
    double logarithm = Math.log(x);
    double power = (1 - exponent) * logarithm;
    return (Math.abs(power) < 1e-8 ? 1 + power / 2 : Math.expm1(power) / power) * logarithm;
  }

  private double inverse(double x) {
    double power = Math.max(-1, x * (1 - exponent));
    return Math.exp((Math.abs(power) < 1e-8 ? 1 - power / 2 : Math.log1p(power) / power) * x);
  }
}
