/**
 * The payment process, which brings what was asked of a payment to the provider and reports what
 * the provider says; the provider's port and its adapters. Sees the published language of payment;
 * no order, no stock.
 */
package dev.lastunit.process.payment;
