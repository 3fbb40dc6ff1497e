/**
 * The command side of ordering: the Order aggregate, which decides what becomes of a purchase, and
 * the derivation of order identifiers.
 *
 * <p>Sees the published language and Axon's modelling annotations; neither Spring nor other
 * contexts' command sides.
 */
package dev.lastunit.ordering.command;
