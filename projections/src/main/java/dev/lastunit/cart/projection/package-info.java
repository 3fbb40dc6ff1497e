/**
 * Writes the carts' read model. Sees the published language and JDBC; nothing of the query side, no
 * other context's tables.
 */
package dev.lastunit.cart.projection;
