package dev.lastunit.fulfilment.command;

/**
 * What the assembly registers of this context, so that its aggregate stays invisible to everybody
 * else.
 */
public final class FulfilmentCommandSide {

  private FulfilmentCommandSide() {}

  /**
   * Type of the aggregate that handles every {@link dev.lastunit.fulfilment.api.ShipmentCommand}.
   */
  public static Class<?> aggregate() {
    return Shipment.class;
  }
}
