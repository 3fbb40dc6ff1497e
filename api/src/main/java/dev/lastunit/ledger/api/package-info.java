/**
 * The ledger's published language: accounts, transfers between them, and which event of a payment
 * transfers what. Pure; sees the published language of payment only.
 */
package dev.lastunit.ledger.api;
