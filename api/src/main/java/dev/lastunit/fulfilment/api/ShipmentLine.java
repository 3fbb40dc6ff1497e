package dev.lastunit.fulfilment.api;

import dev.lastunit.shared.api.Sku;

/**
 * Units of one SKU in a shipment.
 *
 * @param quantity units, at least 1
 */
public record ShipmentLine(Sku sku, int quantity) {}
