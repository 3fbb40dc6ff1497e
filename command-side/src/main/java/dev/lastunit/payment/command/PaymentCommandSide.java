package dev.lastunit.payment.command;

/**
 * What the assembly registers of this context, so that its aggregate stays invisible to everybody
 * else.
 */
public final class PaymentCommandSide {

  private PaymentCommandSide() {}

  /** Type of the aggregate that handles every {@link dev.lastunit.payment.api.PaymentCommand}. */
  public static Class<?> aggregate() {
    return Payment.class;
  }
}
