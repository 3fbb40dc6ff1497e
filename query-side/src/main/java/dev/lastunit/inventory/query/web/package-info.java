/** The inventory's reading endpoints. Sees the inventory's reads and WebFlux; no database. */
package dev.lastunit.inventory.query.web;
