package dev.lastunit.ordering.api;

import dev.lastunit.shared.api.Sku;

/**
 * A line that could not be reserved.
 *
 * @param requested units that the order wanted
 * @param available units that it could have got
 */
public record Shortage(Sku sku, int requested, int available) {}
