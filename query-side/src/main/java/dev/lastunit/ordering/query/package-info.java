/**
 * Reading orders: the read model {@code ordering.orders}, and an order's own events as they come.
 * Sees the published languages and {@code shared.query}; no other context's reads.
 */
package dev.lastunit.ordering.query;
