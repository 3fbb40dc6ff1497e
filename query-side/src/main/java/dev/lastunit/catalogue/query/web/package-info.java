/**
 * The catalogue's reading endpoints: lists, pages, and availability as it changes. Sees the
 * catalogue's reads and WebFlux; no database.
 */
package dev.lastunit.catalogue.query.web;
