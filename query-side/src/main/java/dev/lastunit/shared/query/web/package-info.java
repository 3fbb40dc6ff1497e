/**
 * What every reading controller needs: parameters with their bounds, cursors, pages, the headers of
 * the contract. Sees {@code shared.api} and WebFlux; no database, no context's types.
 */
package dev.lastunit.shared.query.web;
