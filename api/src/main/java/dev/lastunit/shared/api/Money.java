package dev.lastunit.shared.api;

import java.util.Currency;
import java.util.Objects;

/**
 * An amount of one currency in minor units.
 *
 * <p><b>Range.</b> The amount is a {@code long}: up to about 92 quadrillion minor units. Arithmetic
 * is exact; what does not fit throws {@link ArithmeticException} instead of wrapping.
 * <b>Precision.</b> Whole minor units; the number of decimal digits is the currency's own.
 *
 * @param amount minor units; may be negative in differences, never in prices
 * @param currency ISO 4217 code, three capital letters
 */
public record Money(long amount, String currency) {

  public Money {
    Objects.requireNonNull(currency, "currency");
    if (Currency.getInstance(currency).getDefaultFractionDigits() < 0) {
      throw new IllegalArgumentException("Not a currency with minor units: " + currency);
    }
  }

  public static Money zero(String currency) {
    return new Money(0, currency);
  }

  /**
   * The exact sum.
   *
   * @throws ArithmeticException when it does not fit
   * @throws IllegalArgumentException when the currencies differ
   */
  public Money plus(Money other) {
    requireSameCurrency(other);
    return new Money(Math.addExact(amount, other.amount), currency);
  }

  /**
   * The exact difference.
   *
   * @throws ArithmeticException when it does not fit
   * @throws IllegalArgumentException when the currencies differ
   */
  public Money minus(Money other) {
    requireSameCurrency(other);
    return new Money(Math.subtractExact(amount, other.amount), currency);
  }

  /**
   * The exact product with a number of units.
   *
   * @throws ArithmeticException when it does not fit
   */
  public Money times(int units) {
    return new Money(Math.multiplyExact(amount, (long) units), currency);
  }

  private void requireSameCurrency(Money other) {
    if (!currency.equals(other.currency)) {
      throw new IllegalArgumentException(
          "Currencies differ: " + currency + " and " + other.currency);
    }
  }
}
