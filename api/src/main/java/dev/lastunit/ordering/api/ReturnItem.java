package dev.lastunit.ordering.api;

import dev.lastunit.shared.api.Sku;

/**
 * Units of one SKU that a buyer sends back.
 *
 * @param quantity units, at least 1
 */
public record ReturnItem(Sku sku, int quantity) {}
