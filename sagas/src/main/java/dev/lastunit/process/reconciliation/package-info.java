/**
 * Reconciliation: compares what the payment provider has charged with what our payments say, both
 * ways, mends what can be mended by commands and calls, and parks the rest for an operator. Sees
 * the published languages of payment, ordering and operations, and the provider's port.
 */
package dev.lastunit.process.reconciliation;
