/**
 * The command side of operations: the OperatorActions aggregate, which keeps what operators
 * decided.
 *
 * <p>Sees the published language and Axon's modelling annotations; neither Spring nor other
 * contexts' command sides.
 */
package dev.lastunit.operations.command;
