/**
 * The write controllers of ordering. A body is checked and mapped to commands here; what is decided
 * is decided by the aggregates.
 *
 * <p>Sees the published language and WebFlux; asks other contexts over the query bus only.
 */
package dev.lastunit.ordering.command.web;
