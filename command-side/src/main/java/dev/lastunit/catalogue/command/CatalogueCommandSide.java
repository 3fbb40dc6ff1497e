package dev.lastunit.catalogue.command;

/** What the assembly needs to know of this context's command side. */
public final class CatalogueCommandSide {

  private CatalogueCommandSide() {}

  /**
   * Type of the aggregate that handles every {@link dev.lastunit.catalogue.api.ProductCommand}. It
   * has a constructor without arguments, needs no collaborators, and serialises to JSON for
   * snapshots.
   */
  public static Class<?> aggregate() {
    return Product.class;
  }
}
