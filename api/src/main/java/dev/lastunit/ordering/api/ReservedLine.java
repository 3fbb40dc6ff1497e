package dev.lastunit.ordering.api;

import dev.lastunit.shared.api.Allocation;
import dev.lastunit.shared.api.Sku;
import java.util.List;

/**
 * Where the units of one line are held.
 *
 * @param allocations at least one; their quantities sum up to the line's
 */
public record ReservedLine(Sku sku, List<Allocation> allocations) {}
