/**
 * What every read needs: waiting until a read model has got far enough. Sees {@code shared.api} and
 * Reactor; no database, no context's types.
 */
package dev.lastunit.shared.query;
