package dev.lastunit.cart.command;

import dev.lastunit.cart.api.CartCommand;
import dev.lastunit.cart.api.CartCommand.CheckOutCart;
import dev.lastunit.cart.api.CartCommand.OpenCart;
import dev.lastunit.cart.api.CartCommand.ReadCart;
import dev.lastunit.cart.api.CartCommand.ReopenCart;
import dev.lastunit.cart.api.CartCommand.SetCartItem;
import dev.lastunit.cart.api.CartContents;
import dev.lastunit.cart.api.CartEvent;
import dev.lastunit.cart.api.CartEvent.CartCheckedOut;
import dev.lastunit.cart.api.CartEvent.CartItemRemoved;
import dev.lastunit.cart.api.CartEvent.CartItemSet;
import dev.lastunit.cart.api.CartEvent.CartOpened;
import dev.lastunit.cart.api.CartEvent.CartReopened;
import dev.lastunit.shared.api.CustomerId;
import dev.lastunit.shared.api.ErrorCode;
import dev.lastunit.shared.api.Result;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The rules of a cart: what a command does in a state, and what an event makes of it. Decisions
 * change nothing.
 */
final class CartRules {

  /** The same bound as for the lines of an order, so that every cart can be ordered. */
  static final int MAX_SKUS = 2_000;

  /** Most units of one SKU. */
  static final int MAX_QUANTITY = 1_000_000;

  private CartRules() {}

  /**
   * What a command leads to.
   *
   * @param events at most one; empty for repeats and refusals
   */
  record Decision(Result<Void> result, List<CartEvent> events) {}

  /** What is in the cart, for its owner. */
  static Result<CartContents> read(CartFacts cart, ReadCart command) {
    return isOwnedBy(cart, command.customerId())
        ? Result.accepted(
            new CartContents(
                Collections.unmodifiableMap(new LinkedHashMap<>(cart.items)),
                cart.revision,
                cart.checkedOutBy))
        : notFound();
  }

  /**
   * Decides.
   *
   * @param cart null when the stream has no event yet, which only OpenCart meets. That one is then
   *     always recorded: Axon's caching repository cannot hold an aggregate that has no identifier
   */
  static Decision decide(CartFacts cart, CartCommand<Void> command) {
    return switch (command) {
      case OpenCart open -> open(cart, open);
      case SetCartItem set -> set(cart, set);
      case CheckOutCart checkOut -> checkOut(cart, checkOut);
      case ReopenCart reopen -> reopen(cart, reopen);
    };
  }

  private static Decision open(CartFacts cart, OpenCart command) {
    if (cart == null) {
      return recorded(new CartOpened(command.cartId(), command.customerId()));
    }
    return isOwnedBy(cart, command.customerId()) ? unchanged() : refused(notFound());
  }

  private static Decision set(CartFacts cart, SetCartItem command) {
    if (!isOwnedBy(cart, command.customerId())) {
      return refused(notFound());
    }
    if (cart.checkedOutBy != null) {
      return checkedOut(cart);
    }
    int quantity = command.quantity();
    if (quantity < 0 || quantity > MAX_QUANTITY) {
      return refused(
          Result.refused(
              ErrorCode.INVALID_FIELD, "The quantity is outside 0 to " + MAX_QUANTITY + " units"));
    }
    Integer present = cart.items.get(command.sku());
    if (quantity == (present == null ? 0 : present)) {
      return unchanged();
    }
    if (quantity == 0) {
      return recorded(new CartItemRemoved(command.cartId(), command.sku()));
    }
    if (present == null && cart.items.size() >= MAX_SKUS) {
      return refused(
          Result.refused(
              ErrorCode.CART_FULL,
              "The cart holds " + MAX_SKUS + " different SKUs already",
              Map.of("limit", MAX_SKUS)));
    }
    return recorded(new CartItemSet(command.cartId(), command.sku(), quantity));
  }

  /** The revision is not looked at in a repeat: checking out has changed it. */
  private static Decision checkOut(CartFacts cart, CheckOutCart command) {
    if (!isOwnedBy(cart, command.customerId())) {
      return refused(notFound());
    }
    if (cart.checkedOutBy != null) {
      return cart.checkedOutBy.equals(command.orderId()) ? unchanged() : checkedOut(cart);
    }
    if (cart.revision != command.revision()) {
      return refused(
          Result.refused(
              ErrorCode.CART_CHANGED, "The cart changed since it was read; look and order again"));
    }
    return recorded(new CartCheckedOut(command.cartId(), command.orderId()));
  }

  private static Decision reopen(CartFacts cart, ReopenCart command) {
    return command.orderId().equals(cart.checkedOutBy)
        ? recorded(new CartReopened(command.cartId(), command.orderId()))
        : unchanged();
  }

  /** Folds one event into the cart; never refuses, since what was recorded has happened. */
  static CartFacts evolve(CartFacts before, CartEvent event) {
    var cart = before == null ? new CartFacts() : before;
    switch (event) {
      case CartOpened opened -> {
        cart.cartId = opened.cartId();
        cart.customerId = opened.customerId();
      }
      case CartItemSet set -> cart.items.put(set.sku(), set.quantity());
      case CartItemRemoved removed -> cart.items.remove(removed.sku());
      case CartCheckedOut checkedOut -> cart.checkedOutBy = checkedOut.orderId();
      case CartReopened _ -> cart.checkedOutBy = null;
    }
    cart.revision++;
    return cart;
  }

  private static boolean isOwnedBy(CartFacts cart, CustomerId customerId) {
    return cart.customerId.equals(customerId);
  }

  private static Decision recorded(CartEvent event) {
    return new Decision(Result.accepted(null), List.of(event));
  }

  private static Decision unchanged() {
    return new Decision(Result.repeated(null), List.of());
  }

  private static Decision refused(Result<Void> refusal) {
    return new Decision(refusal, List.of());
  }

  /** The same words as for a cart that never was, so that nobody learns of another's. */
  private static <T> Result<T> notFound() {
    return Result.refused(ErrorCode.NOT_FOUND, "There is no such cart");
  }

  private static Decision checkedOut(CartFacts cart) {
    return refused(
        Result.refused(
            ErrorCode.CART_CHECKED_OUT,
            "The cart belongs to an order already",
            Map.of("orderId", cart.checkedOutBy.value())));
  }
}
