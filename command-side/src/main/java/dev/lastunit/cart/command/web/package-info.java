/**
 * The write controllers of carts.
 *
 * <p>Sees the published language and WebFlux; asks other contexts over the query bus only.
 */
package dev.lastunit.cart.command.web;
