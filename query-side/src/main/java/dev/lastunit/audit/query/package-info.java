/**
 * What analysts and operators see of the whole system: the event store's events, the invariants
 * computed from them, how far each handler is. Sees the published languages and {@code
 * shared.query}; no read model.
 */
package dev.lastunit.audit.query;
