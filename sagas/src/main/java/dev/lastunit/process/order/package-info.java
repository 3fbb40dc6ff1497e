/**
 * The order process: from a placed order to a confirmed, settled one, or back to nothing. Sees the
 * published languages of ordering, inventory, payment, fulfilment and cart; no aggregate, no read
 * model.
 */
package dev.lastunit.process.order;
