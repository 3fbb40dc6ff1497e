/**
 * The read model of payments. Writes the schema {@code payment}; sees the payment's published
 * language only.
 */
package dev.lastunit.payment.projection;
