/**
 * Reads the catalogue: search with facets, one product, the tree of categories, offers for other
 * contexts. Sees the published language and R2DBC; never blocks, never writes, reads no other
 * context's tables.
 */
package dev.lastunit.catalogue.query;
