package dev.lastunit.catalogue.command;

/** What the assembly registers of this context; the aggregate itself stays invisible. */
public final class CatalogueCommandSide {

  private CatalogueCommandSide() {}

  /**
   * Type of the aggregate that handles every {@link dev.lastunit.catalogue.api.ProductCommand}. It
   * needs no collaborators and is its own JSON snapshot.
   */
  public static Class<?> aggregate() {
    return Product.class;
  }
}
