/**
 * The command side of fulfilment: the Shipment aggregate, which follows a parcel from packing to
 * its arrival.
 *
 * <p>Sees the published language and Axon's modelling annotations; neither Spring nor other
 * contexts' command sides.
 */
package dev.lastunit.fulfilment.command;
