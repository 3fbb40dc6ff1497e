/**
 * Decides about stock: one aggregate for each SKU, all its locations inside it, so that a decision
 * over several locations is atomic.
 *
 * <p>Holds the aggregate, its state and its pure decisions. Must not see other contexts' command
 * sides, Spring, Reactor, SQL, a clock, or randomness: times and identifiers come in commands.
 */
package dev.lastunit.inventory.command;
