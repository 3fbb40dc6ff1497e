/**
 * What must hold in every history, each as a fold over the events: written without a look at the
 * aggregates, so that the same mistake is not made twice. No input or output, no clock: times come
 * with the events, the time of the audit from outside.
 */
package dev.lastunit.audit.query.invariants;
