/**
 * Reads the inventory: stock per SKU and location, policy, open reservations. Sees the published
 * language and R2DBC; never blocks, never writes, reads no other context's tables.
 */
package dev.lastunit.inventory.query;
