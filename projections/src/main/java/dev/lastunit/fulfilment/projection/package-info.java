/**
 * The read model of shipments. Writes the schema {@code fulfilment}; sees the fulfilment's
 * published language only.
 */
package dev.lastunit.fulfilment.projection;
