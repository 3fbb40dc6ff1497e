/** The reads of payments over HTTP. Sees {@code payment.query} and {@code shared.query}. */
package dev.lastunit.payment.query.web;
