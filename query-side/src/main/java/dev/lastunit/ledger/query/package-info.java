/**
 * Reading the ledger: the read model {@code ledger.postings}. Sees the ledger's published language
 * and {@code shared.query}.
 */
package dev.lastunit.ledger.query;
