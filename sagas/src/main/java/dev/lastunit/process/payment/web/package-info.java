/**
 * Where payment providers report: signed webhooks, each taken into account once. Sees the payment
 * process's package and the published language of payment.
 */
package dev.lastunit.process.payment.web;
