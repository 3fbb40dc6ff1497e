package dev.lastunit.process.payment.web;

import dev.lastunit.process.payment.WebhookTranslator;

/**
 * A provider that sends webhooks.
 *
 * @param provider last part of the address that it sends them to
 */
record WebhookSource(String provider, WebhookSignatures signatures, WebhookTranslator translator) {}
