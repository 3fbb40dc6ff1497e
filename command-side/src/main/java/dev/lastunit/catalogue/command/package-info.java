/**
 * Decides about products: what the shop says about a SKU and whether it is listed.
 *
 * <p>Holds the aggregate and the rules for product details. Must not see other contexts' command
 * sides, Spring, Reactor, SQL, a clock, or randomness.
 */
package dev.lastunit.catalogue.command;
