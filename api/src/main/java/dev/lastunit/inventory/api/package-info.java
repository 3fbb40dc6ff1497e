/**
 * The inventory's published language: stock per SKU and location, reservations and how they end.
 * Sees only {@code shared.api}.
 */
package dev.lastunit.inventory.api;
