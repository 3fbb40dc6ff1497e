/**
 * Who may do what: tokens of our own and of an external issuer, the table of roles by path and
 * method, limits of requests by subject, and the {@code Caller} that controllers are given.
 * Ownership of carts and orders is decided where the data is read, not here.
 *
 * <p>Sees {@code shared.api}, Spring Security, {@code dev.lastunit.app.web} and {@code ReadyLine};
 * no context's types.
 */
package dev.lastunit.app.security;
