/**
 * The same work without events: plain SQL by pgbench, and a shop of plain SQL behind HTTP. Must not
 * see any of the product's types.
 */
package dev.lastunit.bench.baseline;
