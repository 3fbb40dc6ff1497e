/**
 * Values and conventions that every context speaks: money, SKUs, identifiers, results, error codes,
 * and how events are named and written as JSON. Sees the JDK, Axon's and Jackson's annotations;
 * Jackson itself only in {@code EventJson}, the contexts only in {@code EventTypes}.
 */
package dev.lastunit.shared.api;
