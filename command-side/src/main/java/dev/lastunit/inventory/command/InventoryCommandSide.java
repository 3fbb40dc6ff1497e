package dev.lastunit.inventory.command;

/** What the assembly needs to know of this context's command side. */
public final class InventoryCommandSide {

  private InventoryCommandSide() {}

  /**
   * Type of the aggregate that handles every {@link dev.lastunit.inventory.api.StockCommand}. It
   * has a constructor without arguments, needs no collaborators, and serialises to JSON for
   * snapshots.
   */
  public static Class<?> aggregate() {
    return SkuInventory.class;
  }
}
