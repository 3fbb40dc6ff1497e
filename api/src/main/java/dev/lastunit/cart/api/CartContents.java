package dev.lastunit.cart.api;

import dev.lastunit.shared.api.OrderId;
import dev.lastunit.shared.api.Sku;
import java.util.Map;

/**
 * What a cart holds.
 *
 * @param items units by SKU in the order in which they were put in
 * @param revision grows with every change
 * @param checkedOutBy the order that has the cart; null while it is open
 */
public record CartContents(Map<Sku, Integer> items, long revision, OrderId checkedOutBy) {}
