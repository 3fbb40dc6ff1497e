/** The reads of shipments over HTTP. Sees {@code fulfilment.query} and {@code shared.query}. */
package dev.lastunit.fulfilment.query.web;
