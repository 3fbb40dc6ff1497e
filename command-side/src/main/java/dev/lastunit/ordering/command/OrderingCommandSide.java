package dev.lastunit.ordering.command;

/**
 * What the assembly registers of this context, so that its aggregate stays invisible to everybody
 * else.
 */
public final class OrderingCommandSide {

  private OrderingCommandSide() {}

  /** Type of the aggregate that handles every {@link dev.lastunit.ordering.api.OrderCommand}. */
  public static Class<?> aggregate() {
    return Order.class;
  }
}
