/**
 * The read model of orders: what clients see of an order, its payment and its shipments. Writes the
 * schema {@code ordering}; sees the published languages only, no other projection.
 */
package dev.lastunit.ordering.projection;
