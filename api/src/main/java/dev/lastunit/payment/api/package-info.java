/**
 * The payment context's published language: a payment is requested, authorised or declined,
 * captured, abandoned, voided, refunded.
 */
package dev.lastunit.payment.api;
