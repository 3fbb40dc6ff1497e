package dev.lastunit.catalogue.api;

import dev.lastunit.shared.api.Event;
import dev.lastunit.shared.api.Sku;
import org.axonframework.serialization.Revision;

/** What happened to a product. Published by the Product aggregate, in order for each SKU. */
public sealed interface ProductEvent extends Event {

  Sku sku();

  /** The product can be bought from now on. */
  @Revision("1")
  record ProductAdded(Sku sku, ProductDetails details) implements ProductEvent {}

  /** The product's details are these from now on. */
  @Revision("1")
  record ProductChanged(Sku sku, ProductDetails details) implements ProductEvent {}

  /** The product can no longer be bought. */
  @Revision("1")
  record ProductDelisted(Sku sku) implements ProductEvent {}
}
