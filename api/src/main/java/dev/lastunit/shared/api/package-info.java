/**
 * Values and conventions that every context speaks: money, SKUs, identifiers, results, error codes. Sees the JDK, Axon's and Jackson's annotations only.
 */
package dev.lastunit.shared.api;
