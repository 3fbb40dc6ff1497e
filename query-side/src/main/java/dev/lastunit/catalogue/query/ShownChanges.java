package dev.lastunit.catalogue.query;

import dev.lastunit.catalogue.api.ProductEvent;
import dev.lastunit.inventory.api.StockEvent;
import dev.lastunit.shared.api.RecordedEvent;
import dev.lastunit.shared.api.Sku;

/** Which events change what is shown of a product: its own and those of its stock. */
final class ShownChanges {

  private ShownChanges() {}

  /** Of which product the event changes what is shown; null for none. */
  static Sku skuOf(RecordedEvent event) {
    return switch (event.payload()) {
      case ProductEvent product -> product.sku();
      case StockEvent stock -> stock.sku();
      default -> null;
    };
  }
}
