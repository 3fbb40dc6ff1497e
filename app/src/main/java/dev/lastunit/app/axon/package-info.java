/**
 * Assembles Axon by hand: event store, command bus, query bus, aggregates and processors, each
 * declared here and nothing left to the order of auto-configuration (ADR 0001). Sees every module.
 */
package dev.lastunit.app.axon;
