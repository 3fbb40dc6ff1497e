/**
 * Writes the catalogue's read model: listed products, and what of them can be had. Sees the
 * published language and JDBC; nothing of the query side, no other context's tables.
 */
package dev.lastunit.catalogue.projection;
