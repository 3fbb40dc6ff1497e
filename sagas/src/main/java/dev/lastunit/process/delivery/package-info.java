/**
 * Tells an order that all of its shipments have arrived. Sees the published languages of ordering
 * and fulfilment.
 */
package dev.lastunit.process.delivery;
