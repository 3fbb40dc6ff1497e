package dev.lastunit.cart.command;

/**
 * What the assembly registers of this context, so that its aggregate stays invisible to everybody
 * else.
 */
public final class CartCommandSide {

  private CartCommandSide() {}

  /** Type of the aggregate that handles every {@link dev.lastunit.cart.api.CartCommand}. */
  public static Class<?> aggregate() {
    return Cart.class;
  }
}
