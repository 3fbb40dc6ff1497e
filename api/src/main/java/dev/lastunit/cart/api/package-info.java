/** The cart's published language. Sees only {@code shared.api}. */
package dev.lastunit.cart.api;
