/**
 * Measures the service from outside, by HTTP only, side by side with plain SQL on the same
 * database. Must not see any of the product's types.
 */
package dev.lastunit.bench;
