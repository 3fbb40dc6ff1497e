/**
 * The catalogue's published language: products are added, changed and delisted. Sees only {@code
 * shared.api}.
 */
package dev.lastunit.catalogue.api;
