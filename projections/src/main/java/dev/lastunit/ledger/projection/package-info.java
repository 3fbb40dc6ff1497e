/**
 * The ledger's read model. Writes the schema {@code ledger}; sees the published languages of the
 * ledger and of payment.
 */
package dev.lastunit.ledger.projection;
