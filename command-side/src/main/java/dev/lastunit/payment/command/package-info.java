/**
 * The command side of payment: the Payment aggregate, which knows what became of the one charge of
 * an order.
 *
 * <p>Sees the published language and Axon's modelling annotations; neither Spring nor a payment
 * provider nor other contexts' command sides.
 */
package dev.lastunit.payment.command;
