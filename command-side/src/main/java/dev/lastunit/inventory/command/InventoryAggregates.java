package dev.lastunit.inventory.command;

import java.util.List;

/** Names the aggregates of this context to whoever assembles the command side. */
public final class InventoryAggregates {

  private InventoryAggregates() {}

  /**
   * The aggregate classes, to be registered with the framework. They have a constructor without
   * arguments, need no collaborators, and serialise to JSON for snapshots.
   */
  public static List<Class<?>> types() {
    return List.of(SkuInventory.class);
  }
}
