/**
 * Ends reservations whose time has passed: one pending deadline for each SKU, in a table, so that
 * restarts lose none. Sees the published language of inventory.
 */
package dev.lastunit.process.expiry;
