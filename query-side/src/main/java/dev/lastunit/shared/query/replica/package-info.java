/**
 * Where read models are read: in the primary database, or in a replica of it while that is well.
 * Knows how far the replica's rows are by what the event handlers have stored with them, and tells
 * readers no more. Sees {@code shared.api}, R2DBC and the positions of handlers; no context's
 * types.
 */
package dev.lastunit.shared.query.replica;
