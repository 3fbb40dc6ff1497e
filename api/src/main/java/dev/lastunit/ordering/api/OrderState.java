package dev.lastunit.ordering.api;

import dev.lastunit.shared.api.CustomerId;
import dev.lastunit.shared.api.OrderId;

/**
 * An order as its aggregate knows it.
 *
 * @param reason why it was rejected; null unless rejected
 */
public record OrderState(
    OrderId orderId, CustomerId customerId, OrderStatus status, RejectionReason reason) {}
