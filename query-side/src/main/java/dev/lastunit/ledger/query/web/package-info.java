/** The ledger over HTTP. Sees its reads and {@code shared.query.web}. */
package dev.lastunit.ledger.query.web;
