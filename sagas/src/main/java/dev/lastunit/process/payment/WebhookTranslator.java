package dev.lastunit.process.payment;

import dev.lastunit.payment.api.PaymentCommand;
import dev.lastunit.payment.api.PaymentStatus;

/** Makes of a provider's webhook what a payment is told. Pure. */
public interface WebhookTranslator {

  /**
   * A webhook in our words.
   *
   * @param type the provider's own word for what happened; at most 100 characters
   * @param command null when a payment need not know of it
   */
  record Translated(String type, PaymentCommand<PaymentStatus> command) {}

  /**
   * Reads a webhook whose signature was right.
   *
   * @param body as it came; what cannot be read is translated to no command
   */
  Translated translate(byte[] body);
}
