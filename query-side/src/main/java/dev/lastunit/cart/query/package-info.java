/**
 * Reads carts, and asks the catalogue over the query bus what their SKUs are offered at. Sees the
 * published language, Axon's query gateway and R2DBC; never blocks, never writes, reads no other
 * context's tables.
 */
package dev.lastunit.cart.query;
