/**
 * Reading the event store itself, without blocking: for streams of events to clients, and for the
 * audit. Sees {@code shared.api}, R2DBC and Reactor; no context's types and no read model.
 */
package dev.lastunit.shared.query.store;
