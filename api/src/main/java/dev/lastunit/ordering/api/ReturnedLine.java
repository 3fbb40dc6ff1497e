package dev.lastunit.ordering.api;

import dev.lastunit.shared.api.Allocation;
import dev.lastunit.shared.api.Money;
import dev.lastunit.shared.api.Sku;
import java.util.List;

/**
 * Units of one line of an order that come back.
 *
 * @param quantity units, at least 1
 * @param refund their price when they were ordered
 * @param allocations where they go back to stock; empty when they do not, else their quantities sum
 *     up to {@code quantity}
 */
public record ReturnedLine(Sku sku, int quantity, Money refund, List<Allocation> allocations) {}
