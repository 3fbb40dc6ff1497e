package dev.lastunit.inventory.command;

/** What the assembly registers of this context; the aggregate itself stays invisible. */
public final class InventoryCommandSide {

  private InventoryCommandSide() {}

  /**
   * Type of the aggregate that handles every {@link dev.lastunit.inventory.api.StockCommand}. It
   * needs no collaborators and is its own JSON snapshot.
   */
  public static Class<?> aggregate() {
    return SkuInventory.class;
  }
}
