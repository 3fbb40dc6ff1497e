package dev.lastunit.ordering.api;

import dev.lastunit.shared.api.LocationId;
import dev.lastunit.shared.api.Money;
import dev.lastunit.shared.api.OrderId;
import dev.lastunit.shared.api.ReturnId;
import java.util.List;

/**
 * A return as the order's aggregate knows it.
 *
 * @param lines at least one, one for each SKU
 * @param refund what is given back: the sum of the lines
 * @param restock whether the units go back to stock
 * @param location where they go; null for where they came from, or when they do not go back
 */
public record OrderReturn(
    ReturnId returnId,
    OrderId orderId,
    ReturnStatus status,
    List<ReturnedLine> lines,
    Money refund,
    boolean restock,
    LocationId location) {}
