package dev.lastunit.ledger.query;

import dev.lastunit.shared.api.OrderId;
import java.time.Instant;

/**
 * One line of the ledger. Exactly one of debit and credit is not zero; amounts are minor units.
 *
 * @param position of the event that posts it
 * @param account a word of {@link dev.lastunit.ledger.api.Account}
 * @param currency ISO 4217 code
 * @param event name of the event, such as {@code PaymentCaptured}
 * @param at when the event was recorded
 */
public record LedgerLine(
    long position,
    String account,
    long debit,
    long credit,
    String currency,
    OrderId orderId,
    String event,
    Instant at) {}
