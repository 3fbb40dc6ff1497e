/**
 * Reading shipments: the read model {@code fulfilment.shipments}. Sees the fulfilment's published
 * language and {@code shared.query}.
 */
package dev.lastunit.fulfilment.query;
