package dev.lastunit.cart.query;

import dev.lastunit.cart.api.CartEvent;
import dev.lastunit.cart.api.CartEvent.CartCheckedOut;
import dev.lastunit.cart.api.CartEvent.CartItemRemoved;
import dev.lastunit.cart.api.CartEvent.CartItemSet;
import dev.lastunit.cart.api.CartEvent.CartOpened;
import dev.lastunit.cart.api.CartEvent.CartReopened;
import dev.lastunit.shared.api.RecordedEvent;
import dev.lastunit.shared.api.Sku;
import java.util.LinkedHashMap;
import java.util.SequencedMap;

/**
 * A cart's events folded into what is in it: the same as the read model's tables; tests hold the
 * two against each other. Not thread-safe; no input or output.
 */
final class PastCart {

  private final SequencedMap<Sku, Integer> items = new LinkedHashMap<>();
  private boolean opened;
  private boolean checkedOut;

  /** Folds an event in; those of other streams change nothing. */
  void apply(RecordedEvent recorded) {
    if (recorded.payload() instanceof CartEvent event) {
      switch (event) {
        case CartOpened _ -> opened = true;
        case CartItemSet e -> items.put(e.sku(), e.quantity());
        case CartItemRemoved e -> items.remove(e.sku());
        case CartCheckedOut _ -> checkedOut = true;
        case CartReopened _ -> checkedOut = false;
      }
    }
  }

  /** Whether the cart was there. */
  boolean isOpened() {
    return opened;
  }

  /** Whether an order had it. */
  boolean isCheckedOut() {
    return checkedOut;
  }

  /** Units by SKU, in the order in which they were put in. */
  SequencedMap<Sku, Integer> items() {
    return items;
  }
}
