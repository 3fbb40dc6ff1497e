/**
 * The command side of carts: the Cart aggregate, which holds what a customer wants until an order
 * takes it.
 *
 * <p>Sees the published language and Axon's modelling annotations; neither Spring nor prices nor
 * other contexts' command sides.
 */
package dev.lastunit.cart.command;
