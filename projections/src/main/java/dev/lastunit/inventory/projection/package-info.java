/**
 * Writes the inventory's read model: stock per SKU and location, policies, open reservations. Sees
 * the published language and JDBC; nothing of the query side, no other context's tables.
 */
package dev.lastunit.inventory.projection;
