/**
 * The published language of operations: what operators decided about things that the service could
 * not decide. Sees {@code shared.api} only.
 */
package dev.lastunit.operations.api;
