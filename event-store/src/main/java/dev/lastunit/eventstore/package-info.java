/**
 * The event store in PostgreSQL, behind Axon's storage engine (ADR 0002): appends, reads,
 * snapshots, logical type names, and the live tail that wakes waiting requests. Blocking JDBC on
 * the caller's thread. Must not see aggregates, processes, read models or the web.
 */
package dev.lastunit.eventstore;
