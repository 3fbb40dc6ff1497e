package dev.lastunit.ordering.api;

import dev.lastunit.shared.api.Money;
import dev.lastunit.shared.api.Sku;

/**
 * Units of one SKU at the price at which they were ordered. An order has at most one line for each
 * SKU.
 *
 * @param quantity units, at least 1
 * @param unitPrice price of one unit when the order was placed
 */
public record OrderLine(Sku sku, String name, int quantity, Money unitPrice) {}
