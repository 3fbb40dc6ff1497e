/** The cart's reading endpoint. Sees the cart's queries and WebFlux; no database. */
package dev.lastunit.cart.query.web;
