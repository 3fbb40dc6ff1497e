/**
 * Reading payments: the read model {@code payment.payments}. Sees the payment's published language
 * and {@code shared.query}.
 */
package dev.lastunit.payment.query;
